/** What is wrong with the user's data or call, in one line that names file, line and column where there are any. */
export class DataError extends Error {}

/** A text of the user's in quotes, cut at 40 characters, so that a message stays one line whatever it holds. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 39)}…` : text);
}
