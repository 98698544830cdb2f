import type { HistoryRow, ReleasesView } from '@coppice/contract';

type Row = Pick<HistoryRow, 'model_version' | 'release'>;
type View = Pick<ReleasesView, 'releases' | 'serving'> | null;

/**
 * The number of the release that answered a row: the one whose card the row was recorded with; null where the registry lists
 * none. Of several with the same card, which answer alike, it is the one that the row's version serves.
 */
export function releaseOf({ model_version, release }: Row, view: View): number | null {
  if (view === null || release === null) return null;
  const alike = view.releases.filter(({ card_sha256 }) => card_sha256 === release).map(({ number }) => number);
  const now = servedBy(model_version, view);
  return now !== null && alike.includes(now) ? now : (alike[0] ?? null);
}

/** Why the row's version cannot be asked what it would have answered, in a sentence, or null. */
export function notServed(row: Row, view: View, versions: readonly string[]): string | null {
  const { model_version: version } = row;
  if (!versions.includes(version)) return `${version} is no version of this gateway any more.`;
  const then = releaseOf(row, view);
  const now = servedBy(version, view);
  if (then === null || now === null || then === now) return null;
  return `${version} serves release ${now} by now; release ${then} answered this row.`;
}

function servedBy(version: string, view: View): number | null {
  return view?.serving.find((one) => one.version === version)?.release ?? null;
}
