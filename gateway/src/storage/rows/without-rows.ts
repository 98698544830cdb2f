/** The kind of documents that quote recorded rows: results of replays. */
export const QUOTING_DOCUMENTS = 'replay';

/** A stored result without the rows of these ids; null when it quotes none of them. */
export function withoutRows(document: string, gone: ReadonlySet<string>): string | null {
  const value = JSON.parse(document) as { disagreements?: { prediction_id?: string }[] } | null;
  const quoted = value?.disagreements;
  if (!Array.isArray(quoted)) return null;
  const left = quoted.filter(({ prediction_id: id }) => id === undefined || !gone.has(id));
  return left.length === quoted.length ? null : JSON.stringify({ ...value, disagreements: left });
}
