import type { CandidateComparison } from '@coppice/contract';
import { type Bucketed, bucketsWithData, type EpochPair, totalOf } from '@coppice/statistics/bucketed';
import { tippingPoint } from '@coppice/statistics/missing-feedback';
import type { RiskEpoch } from '@coppice/statistics/relative-risk';
import { sampleRatioLogE } from '@coppice/statistics/sample-ratio';
import { meansOf } from './epoch-means.ts';
import type { Arm, PairEpoch } from './pair-epochs.ts';

type Checks = CandidateComparison['checks'];

/** Below it, the spread between users is a guess: one user alone may be most of the traffic. */
const LEAST_BUCKETS = 6;
const FEEDBACK_ALARM = Math.log(20);

/** Whether requests were assigned by the weights of each epoch; an alarm from E ≥ 1,000 times the number of candidates. */
export function checkSampleRatio(epochs: readonly PairEpoch[], candidates: number): Checks['sample_ratio'] {
  const assigned = epochs
    .map(({ candidate, baseline, share }) => {
      return { candidate: candidate.metric('assigned'), baseline: baseline.metric('assigned'), share };
    })
    // a version without weight was assigned nothing
    .filter(({ share }) => share > 0 && share < 1);
  const counts = { baseline: countOf(assigned, 'baseline'), candidate: countOf(assigned, 'candidate') };
  const expected = assigned.reduce(
    (sum, { candidate, baseline, share }) => sum + share * (totalOf(candidate.n) + totalOf(baseline.n)),
    0,
  );
  return { ...judge(assigned, Math.log(1000 * candidates)), assigned: counts, expected };
}

/** Whether answers of both versions get feedback equally often. */
export function checkFeedback(epochs: readonly PairEpoch[]): Omit<Checks['feedback'], 'tipping_point'> {
  const answered = answersOf(epochs);
  // feedback may hold classes, outcomes or both
  const [first, ...others] = (['accuracy', 'outcome'] as const).map((metric) => {
    const rows = epochs.map(({ candidate, baseline }, e) => ({
      ...{ candidate: candidate.metric(metric), baseline: baseline.metric(metric) },
      share: shareOf(answered[e] as EpochPair),
    }));
    return { metric, rows: rowsOf(rows), ...judge(rows, FEEDBACK_ALARM) };
  }) as [Kind, ...Kind[]];
  const { metric, status, log_e } = others.reduce((most, one) => (isMore(one, most) ? one : most), first);
  return { status, log_e, rates: feedbackRates(epochs, metric) };
}

/** Which share of answered rows has feedback of this kind, with each epoch weighted alike in both versions. */
export function feedbackRates(epochs: readonly PairEpoch[], kind: 'accuracy' | 'outcome'): Checks['feedback']['rates'] {
  const rates = meansOf(
    epochs.map((epoch) => ({ candidate: fedOf(epoch.candidate, kind), baseline: fedOf(epoch.baseline, kind) })),
  );
  return rates ?? { baseline: null, candidate: null };
}

/** See `Checks['feedback']`; `effect` is the one on accuracy. Accuracies differ by 1 at most: nothing beyond it undoes an effect. */
export function tippingPointOf(effect: number | null, { rates }: Pick<Checks['feedback'], 'rates'>): number | null {
  if (effect === null || rates.candidate === null) return null;
  const point = tippingPoint(effect, rates.candidate);
  return point === null || point > 1 ? null : point;
}

type Shared = EpochPair & { share: number };

function judge(
  epochs: readonly Shared[],
  limit: number,
): { status: 'not enough data' | 'ok' | 'alarm'; log_e: number } {
  // the rows of one version alone cannot be more than its share
  const mixed = epochs.filter(({ share }) => share > 0 && share < 1);
  if (bucketsWithData(mixed) < LEAST_BUCKETS) return { status: 'not enough data', log_e: 0 };
  const { logE } = sampleRatioLogE(
    mixed.map(({ candidate, baseline, share }): RiskEpoch => {
      return { candidate: candidate.n, baseline: baseline.n, share };
    }),
  );
  return { status: logE >= limit ? 'alarm' : 'ok', log_e: logE };
}

type Kind = ReturnType<typeof judge> & { metric: 'accuracy' | 'outcome'; rows: number };
const SAYS = { 'not enough data': 0, ok: 1, alarm: 2 };

/** What is judged counts before what cannot be, then the stronger evidence, or more rows where there is none. */
function isMore(a: Kind, b: Kind): boolean {
  if (a.status !== b.status) return SAYS[a.status] > SAYS[b.status];
  return a.status === 'not enough data' ? a.rows > b.rows : a.log_e > b.log_e;
}

/** Answered rows, of which `sum` have feedback. */
function fedOf(arm: Arm, kind: 'accuracy' | 'outcome'): Bucketed {
  return { ...arm.metric('answered'), sum: arm.metric(kind).n };
}

function answersOf(epochs: readonly PairEpoch[]): EpochPair[] {
  return epochs.map(({ candidate, baseline }) => {
    return { candidate: candidate.metric('answered'), baseline: baseline.metric('answered') };
  });
}

const rowsOf = (epochs: readonly EpochPair[]) => countOf(epochs, 'candidate') + countOf(epochs, 'baseline');

function countOf(epochs: readonly EpochPair[], arm: 'candidate' | 'baseline'): number {
  return epochs.reduce((sum, epoch) => sum + totalOf(epoch[arm].n), 0);
}

function shareOf({ candidate, baseline }: EpochPair): number {
  const [t, c] = [totalOf(candidate.n), totalOf(baseline.n)];
  return t + c === 0 ? 0 : t / (t + c);
}
