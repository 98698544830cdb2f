import type { CandidateComparison } from '@coppice/contract';
import { bucketsWithData, type EpochPair, totalOf } from '@coppice/statistics/bucketed';
import { tippingPoint } from '@coppice/statistics/missing-feedback';
import type { RiskEpoch } from '@coppice/statistics/relative-risk';
import { sampleRatioLogE } from '@coppice/statistics/sample-ratio';
import type { PairEpoch } from './pair-epochs.ts';

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
  const answered = epochs.map(({ candidate, baseline }) => {
    return { candidate: candidate.metric('answered'), baseline: baseline.metric('answered') };
  });
  // feedback may hold classes, outcomes or both
  const kinds = (['accuracy', 'outcome'] as const).map((metric) => {
    const rows = epochs.map(({ candidate, baseline }, e) => ({
      ...{ candidate: candidate.metric(metric), baseline: baseline.metric(metric) },
      share: shareOf(answered[e] as EpochPair),
    }));
    return { rows, ...judge(rows, FEEDBACK_ALARM) };
  });
  const [first, ...others] = kinds as [(typeof kinds)[number], ...typeof kinds];
  const { rows, status, log_e } = others.reduce((most, one) => (isMore(one, most) ? one : most), first);
  const rate = (arm: 'candidate' | 'baseline') => {
    const all = countOf(answered, arm);
    return all === 0 ? null : countOf(rows, arm) / all;
  };
  return { status, log_e, rates: { baseline: rate('baseline'), candidate: rate('candidate') } };
}

/** See `Checks['feedback']`; `effect` is the one on accuracy. */
export function tippingPointOf(effect: number | null, { rates }: Pick<Checks['feedback'], 'rates'>): number | null {
  return effect === null || rates.candidate === null ? null : tippingPoint(effect, rates.candidate);
}

type Shared = EpochPair & { share: number };

function judge(
  epochs: readonly Shared[],
  limit: number,
): { status: 'not enough data' | 'ok' | 'alarm'; log_e: number } {
  if (bucketsWithData(epochs) < LEAST_BUCKETS) return { status: 'not enough data', log_e: 0 };
  const mixed = epochs.filter(({ share }) => share > 0 && share < 1);
  const { logE } = sampleRatioLogE(
    mixed.map(({ candidate, baseline, share }): RiskEpoch => {
      return { candidate: candidate.n, baseline: baseline.n, share };
    }),
  );
  return { status: logE >= limit ? 'alarm' : 'ok', log_e: logE };
}

/** The stronger evidence counts; of none, the kind with more rows. */
function isMore(a: { rows: readonly EpochPair[]; log_e: number }, b: typeof a): boolean {
  const rows = (one: typeof a) => countOf(one.rows, 'candidate') + countOf(one.rows, 'baseline');
  return rows(b) === 0 || (rows(a) > 0 && a.log_e > b.log_e);
}

function countOf(epochs: readonly EpochPair[], arm: 'candidate' | 'baseline'): number {
  return epochs.reduce((sum, epoch) => sum + totalOf(epoch[arm].n), 0);
}

function shareOf({ candidate, baseline }: EpochPair): number {
  const [t, c] = [totalOf(candidate.n), totalOf(baseline.n)];
  return t + c === 0 ? 0 : t / (t + c);
}
