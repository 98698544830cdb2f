import type { PerformanceReport } from '@coppice/contract';
import { dateTime } from '../parts/format.ts';

type Change = PerformanceReport['changes'][number];

const what: Record<Change['what'], (version: string | null) => string> = {
  weights: () => 'the weights changed',
  shadow: (version) =>
    version === null ? 'the shadow version was taken away' : `${version} became the shadow version`,
  model: (version) => `${version} got another model`,
};

/** Why a period's figures do not compare the versions; null if they do. */
export function periodWords({ comparable, changes }: Pick<PerformanceReport, 'comparable' | 'changes'>): string | null {
  const [last] = changes;
  if (comparable || !last) return null;
  const others = changes.length > 1 ? `, the last of ${changes.length} changes in this period` : '';
  return `On ${dateTime(last.time)} ${what[last.what](last.version)}${others}. Before and after, the versions answered other traffic: these figures do not show which one is better.`;
}
