import type { CandidateComparison } from '@coppice/contract';
import { BUCKETS, type Bucketed, totalOf } from '@coppice/statistics/bucketed';
import { LATENCY_BUCKETS, latencyQuantile } from '@coppice/statistics/latency-buckets';
import { latencyRatio, SLOW_TOLERANCE } from '@coppice/statistics/latency-ratio';
import type { Arm, PairEpoch } from './pair-epochs.ts';

type ArmLatencies = {
  /** Of each slice of time, the counts of the buckets from `Latencies.from` on. */
  slices: readonly Uint32Array[];
  /** All slices together, of all buckets. */
  sum: Float64Array;
};

/** The latencies of a pair by epoch, without the buckets that nothing is in: most of them, and looking there takes time. */
export type Latencies = { from: number; epochs: readonly { candidate: ArmLatencies; baseline: ArmLatencies }[] };

export function latenciesOf(epochs: readonly PairEpoch[]): Latencies {
  const sums = epochs.map(({ candidate, baseline }) => ({ candidate: sumOf(candidate), baseline: sumOf(baseline) }));
  const all = sums.flatMap(({ candidate, baseline }) => [candidate, baseline]);
  const used = (bucket: number) => all.some((sum) => (sum[bucket] as number) > 0);
  let [from, to] = [0, LATENCY_BUCKETS];
  while (from < to - 1 && !used(from)) from++;
  while (to > from + 1 && !used(to - 1)) to--;
  const trimmed = ({ latencies }: Arm) =>
    latencies === null
      ? []
      : Array.from({ length: BUCKETS }, (_, slice) =>
          latencies.subarray(slice * LATENCY_BUCKETS + from, slice * LATENCY_BUCKETS + to),
        );
  return {
    from,
    epochs: epochs.map(({ candidate, baseline }, e) => ({
      candidate: { slices: trimmed(candidate), sum: sums[e]?.candidate as Float64Array },
      baseline: { slices: trimmed(baseline), sum: sums[e]?.baseline as Float64Array },
    })),
  };
}

/** Answers by slice of time as a 0/1 metric: 1 above the bucket of the limit, and 1 above the tolerance more. */
export type SlowEpoch = Record<'candidate' | 'baseline', { slow: Bucketed; tooSlow: Bucketed }>;

/** Which answers are slower than the upper edge of the bucket `limit`, and which by more than the tolerance (19 %). */
export function slowEpochs({ from, epochs }: Latencies, limit: number): SlowEpoch[] {
  return epochs.map(({ candidate, baseline }) => ({
    candidate: countAbove(candidate.slices, limit - from),
    baseline: countAbove(baseline.slices, limit - from),
  }));
}

/**
 * The 95th percentiles in milliseconds, each epoch with the same part in both, and their ratio, at the bucket `limit`; null
 * without answers of both.
 */
export function compareP95({ from, epochs }: Latencies, limit: number, alpha: number): CandidateComparison['p95'] {
  const slices = epochs.map(({ candidate, baseline }) => {
    return { candidate: candidate.slices, baseline: baseline.slices };
  });
  const compared = limit < from ? null : latencyRatio(slices, limit - from, { alpha });
  const both = epochs.filter(({ candidate, baseline }) => totalOf(candidate.sum) > 0 && totalOf(baseline.sum) > 0);
  const [candidate, baseline] = (['candidate', 'baseline'] as const).map((arm) =>
    latencyQuantile(mixOf(both, arm), 0.95),
  );
  if (compared === null || !candidate || !baseline) return null;
  return { baseline_ms: 1000 * baseline, candidate_ms: 1000 * candidate, ...compared };
}

function sumOf({ latencies }: Arm): Float64Array {
  const sum = new Float64Array(LATENCY_BUCKETS);
  if (latencies === null) return sum;
  for (let start = 0; start < latencies.length; start += LATENCY_BUCKETS)
    for (let bucket = 0; bucket < LATENCY_BUCKETS; bucket++) {
      const count = latencies[start + bucket] as number;
      // nearly all are 0
      if (count !== 0) sum[bucket] = (sum[bucket] as number) + count;
    }
  return sum;
}

function countAbove(slices: readonly Uint32Array[], limit: number) {
  const [n, slow, tooSlow] = [new Float64Array(BUCKETS), new Float64Array(BUCKETS), new Float64Array(BUCKETS)];
  for (let slice = 0; slice < slices.length; slice++) {
    const counts = slices[slice] as Uint32Array;
    let [fast, near, far] = [0, 0, 0];
    for (let bucket = 0; bucket < counts.length; bucket++) {
      const count = counts[bucket] as number;
      if (bucket <= limit) fast += count;
      else if (bucket <= limit + SLOW_TOLERANCE) near += count;
      else far += count;
    }
    n[slice] = fast + near + far;
    slow[slice] = near + far;
    tooSlow[slice] = far;
  }
  return { slow: { n, sum: slow, squares: slow }, tooSlow: { n, sum: tooSlow, squares: tooSlow } };
}

/** Each epoch counts in both versions by its part of the information, as in their means. Millions, since quantiles are by rank. */
function mixOf(epochs: Latencies['epochs'], arm: 'candidate' | 'baseline'): Float64Array {
  const mix = new Float64Array(LATENCY_BUCKETS);
  const parts = epochs.map(({ candidate, baseline }) => {
    const [nT, nC] = [totalOf(candidate.sum), totalOf(baseline.sum)];
    return (nT * nC) / (nT + nC);
  });
  const all = parts.reduce((sum, part) => sum + part, 0);
  epochs.forEach((epoch, e) => {
    const { sum } = epoch[arm];
    const weight = (1e6 * (parts[e] as number)) / all / totalOf(sum);
    for (let bucket = 0; bucket < LATENCY_BUCKETS; bucket++)
      mix[bucket] = (mix[bucket] as number) + weight * (sum[bucket] as number);
  });
  return mix;
}
