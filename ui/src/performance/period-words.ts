import type { PerformanceReport } from '@coppice/contract';
import { dateTime } from '../parts/format.ts';

type Change = PerformanceReport['changes'][number];

const what: Record<Change['what'], (version: string | null) => string> = {
  weights: () => 'the weights changed',
  shadow: (version) =>
    version === null ? 'the shadow version was taken away' : `${version} became the shadow version`,
  model: (version) => `${version} got another model`,
};

/** What a period's figures are not to be read as, and what changed last; null if they may be read as they stand. */
export function periodWords({
  comparable,
  changes,
  epochs,
  words,
}: Pick<PerformanceReport, 'comparable' | 'changes' | 'epochs' | 'words'>): string | null {
  if (comparable && epochs.length < 2) return null;
  const [last] = changes;
  if (!last) return words;
  const others = changes.length > 1 ? `, the last of ${changes.length} changes in this period` : '';
  return `${words} On ${dateTime(last.time)} ${what[last.what](last.version)}${others}.`;
}
