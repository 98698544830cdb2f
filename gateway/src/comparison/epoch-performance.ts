import type { ComparisonReport, PerformanceEpoch } from '@coppice/contract';
import { totalOf } from '@coppice/statistics/bucketed';
import { wilsonInterval } from '@coppice/statistics/wilson-interval';
import type { CellMetric, EpochCells } from '../storage/port/comparison-store.ts';
import { ACCURACY_EFFECT, ACCURACY_MARGIN, compareVersions } from './compare-versions.ts';
import { releasesInForce } from './pair-epochs.ts';

/** Of a period. */
export const MOST_EPOCHS = 100;

type Options = {
  /** In their order: the first one with weight in the newest epoch is the baseline. */
  versions: readonly string[];
  alpha: number;
  outcomeGood: 'high' | 'low';
  /** Milliseconds since the epoch. */
  now: number;
};

/** Each version's figures in each epoch. */
export function epochPerformance(epochs: readonly EpochCells[]): PerformanceEpoch[] {
  return epochs.map((epoch) => ({
    since: new Date(epoch.started).toISOString(),
    until: new Date(epoch.updated).toISOString(),
    weights: { ...epoch.weights },
    releases: { ...epoch.releases },
    versions: versionsOf(epoch).map((version) => {
      const [requests, failed] = countOf(epoch, version, 'errors');
      const [feedback, correct] = countOf(epoch, version, 'accuracy');
      const [answered] = countOf(epoch, version, 'answered');
      const accuracy =
        feedback === 0 ? null : { value: correct / feedback, interval: wilsonInterval(correct, feedback) };
      return { version, assigned: requests, errors: failed, answered, feedback, correct, accuracy };
    }),
  }));
}

/** Compares the versions within the epochs of a period; null without epochs, or with one version alone. */
export function comparePeriod(epochs: readonly EpochCells[], options: Options): ComparisonReport | null {
  const { versions, alpha, outcomeGood, now } = options;
  const newest = epochs.at(-1);
  const weighted = (epoch: EpochCells, version: string) => (epoch.weights[version] ?? 0) > 0;
  const baseline = newest && versions.find((version) => weighted(newest, version));
  if (baseline === undefined) return null;
  const candidates = versions.filter((one) => one !== baseline && epochs.some((epoch) => weighted(epoch, one)));
  if (candidates.length === 0) return null;
  const about = { metric: 'accuracy', margin: ACCURACY_MARGIN, effect: ACCURACY_EFFECT } as const;
  const plan = { experiment: null, baseline, candidates, releases: releasesInForce(epochs, {}), ...about };
  return compareVersions({ ...plan, alpha, outcomeGood, slowLimit: 'left out', first: () => [], notes: [] }, epochs, {
    from: epochs[0]?.period ?? 0,
    now,
  });
}

/** Whether figures of the whole period may be compared. */
export function periodSentence(epochs: number, comparable: boolean): string {
  const all = epochs < MOST_EPOCHS ? 'epochs' : `epochs or more, of which the newest ${epochs} are shown and compared`;
  if (epochs > 1)
    return `The period spans ${epochs} ${all}: weights or releases changed, so figures of the whole period do not compare the versions; those within epochs do.`;
  if (!comparable) return 'Something changed in the period: its figures do not compare the versions.';
  return epochs === 0
    ? 'No requests were counted by epoch in this period.'
    : 'Weights and releases are the same in the whole period.';
}

function versionsOf({ weights, cells }: EpochCells): string[] {
  const counted = cells.map(({ version }) => version);
  return [...new Set([...Object.keys(weights), ...counted])].filter((version) => counted.includes(version));
}

function countOf({ cells }: EpochCells, version: string, metric: CellMetric): [n: number, sum: number] {
  const cell = cells.find((one) => one.version === version && one.metric === metric);
  return cell ? [totalOf(cell.n), totalOf(cell.sum)] : [0, 0];
}
