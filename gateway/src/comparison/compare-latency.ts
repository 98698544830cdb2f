import type { CandidateComparison } from '@coppice/contract';
import { BUCKETS, type EpochPair, totalOf } from '@coppice/statistics/bucketed';
import { LATENCY_BUCKETS, latencyQuantile } from '@coppice/statistics/latency-buckets';
import { type LatencySlices, latencyRatio, SLOW_TOLERANCE } from '@coppice/statistics/latency-ratio';
import type { PairEpoch } from './pair-epochs.ts';

/** Answers, and those that are slow: of the baseline above the bucket `limit`, of the candidate above it and the tolerance. */
export function slowPairs(epochs: readonly PairEpoch[], limit: number): EpochPair[] {
  return epochs.map(({ candidate, baseline }) => ({
    candidate: slowCounts(candidate.latencies, limit + SLOW_TOLERANCE),
    baseline: slowCounts(baseline.latencies, limit),
  }));
}

/**
 * The 95th percentiles in milliseconds, each epoch with the same part in both, and their ratio, at the baseline's `limit`;
 * null without answers of both in an epoch.
 */
export function compareP95(epochs: readonly PairEpoch[], limit: number, alpha: number): CandidateComparison['p95'] {
  const histograms = epochs
    .map(({ candidate, baseline }) => ({ candidate: sumOf(candidate.latencies), baseline: sumOf(baseline.latencies) }))
    .filter(({ candidate, baseline }) => totalOf(candidate) > 0 && totalOf(baseline) > 0);
  const compared = latencyRatio(epochs.map(latenciesOf), limit, { alpha });
  const quantile = (arm: 'candidate' | 'baseline') => latencyQuantile(mixOf(histograms, arm), 0.95);
  const [candidate, baseline] = [quantile('candidate'), quantile('baseline')];
  if (compared === null || candidate === null || baseline === null) return null;
  return { baseline_ms: 1000 * baseline, candidate_ms: 1000 * candidate, ...compared };
}

const latenciesOf = ({ candidate, baseline }: PairEpoch) => {
  return { candidate: candidate.latencies, baseline: baseline.latencies };
};

function slowCounts(slices: LatencySlices, limit: number) {
  const [n, sum] = [new Float64Array(BUCKETS), new Float64Array(BUCKETS)];
  for (let slice = 0; slice < slices.length; slice++) {
    const counts = slices[slice] as ArrayLike<number>;
    let [all, slow] = [0, 0];
    for (let bucket = 0; bucket < counts.length; bucket++) {
      const count = counts[bucket] as number;
      all += count;
      if (bucket > limit) slow += count;
    }
    n[slice] = all;
    sum[slice] = slow;
  }
  return { n, sum, squares: sum };
}

function sumOf(slices: LatencySlices): Float64Array {
  const sum = new Float64Array(LATENCY_BUCKETS);
  for (const counts of slices)
    for (let bucket = 0; bucket < (counts?.length ?? 0); bucket++)
      sum[bucket] = (sum[bucket] as number) + (counts?.[bucket] as number);
  return sum;
}

/** Each epoch counts in both versions by its part of the information, as in their means. Thousands, since quantiles are by rank. */
function mixOf(
  histograms: readonly { candidate: Float64Array; baseline: Float64Array }[],
  arm: 'candidate' | 'baseline',
): Float64Array {
  const mix = new Float64Array(LATENCY_BUCKETS);
  for (const both of histograms) {
    const [nT, nC] = [totalOf(both.candidate), totalOf(both.baseline)];
    const weight = ((nT * nC) / (nT + nC) / totalOf(both[arm])) * 1000;
    for (let bucket = 0; bucket < mix.length; bucket++)
      mix[bucket] = (mix[bucket] as number) + weight * (both[arm][bucket] as number);
  }
  return mix;
}
