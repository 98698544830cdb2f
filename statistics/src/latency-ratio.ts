import { BUCKETS } from './bucketed.ts';
import { LATENCY_BUCKETS, PER_OCTAVE } from './latency-buckets.ts';
import { type RiskEpoch, relativeRisk } from './relative-risk.ts';

/** A histogram of `LATENCY_BUCKETS` counts for each of the `BUCKETS` slices of time; undefined where nothing was answered. */
export type LatencySlices = readonly (ArrayLike<number> | undefined)[];

/** The latencies of both arms in one epoch. */
export type LatencyEpoch = { candidate: LatencySlices; baseline: LatencySlices };

/** Latency buckets by which the candidate may be slower: a factor of 2^(4/16) = 1.189. */
export const SLOW_TOLERANCE = 4;

const QUANTILE = 0.95;
/** Of an answer: what rounding leaves of an excess of none. */
const NOTHING = 1e-6;

/**
 * The latency bucket of the baseline's 95th percentile, by nearest rank; its upper edge is L of the metric `slow`. Null
 * for an empty histogram.
 */
export function slowLimit(histogram: ArrayLike<number>): number | null {
  let left = Math.ceil(QUANTILE * countAbove(histogram, -1));
  if (left === 0) return null;
  let bucket = 0;
  for (; left > (histogram[bucket] as number); bucket++) left -= histogram[bucket] as number;
  return bucket;
}

/**
 * Slow answers by slice, for `relativeRisk`: of the baseline those in buckets above `limit`, of the candidate those above
 * `limit + tolerance`. `share` is the candidate's share of answers.
 */
export function slowEvents(epoch: LatencyEpoch, limit: number, tolerance = SLOW_TOLERANCE): RiskEpoch {
  const count = (slices: LatencySlices, above: number) =>
    Float64Array.from({ length: BUCKETS }, (_, slice) => countAbove(slices[slice], above));
  const nT = count(epoch.candidate, -1).reduce(sum);
  const nC = count(epoch.baseline, -1).reduce(sum);
  return {
    candidate: count(epoch.candidate, limit + tolerance),
    baseline: count(epoch.baseline, limit),
    share: nT + nC === 0 ? 0 : nT / (nT + nC),
  };
}

/** How many slices of time hold an answer of either arm. */
export function slicesWithAnswers(epochs: readonly LatencyEpoch[]): number {
  let slices = 0;
  for (let slice = 0; slice < BUCKETS; slice++)
    if (
      epochs.some(({ candidate, baseline }) => countAbove(candidate[slice], -1) + countAbove(baseline[slice], -1) > 0)
    )
      slices++;
  return slices;
}

/**
 * The ratio of both arms' 95th percentiles: by how much the candidate's latencies must be divided to be above `limit` as
 * often as the baseline's are. The interval ends at the nearest shifts of its histogram, by j buckets or a factor of
 * 2^(j/16), that `relativeRisk` rejects on either side, so it is up to a bucket wider than the shifts that are not
 * rejected. Null when one arm has no answers or the baseline none above `limit`; no interval while an end is missing.
 */
export function latencyRatio(
  epochs: readonly LatencyEpoch[],
  limit: number,
  { alpha }: { alpha: number },
): { ratio: number; interval: [low: number, high: number] | null } | null {
  const slices = slicesWithAnswers(epochs);
  const lowest = -1 - limit;
  const highest = LATENCY_BUCKETS - 1 - limit;
  const shifted = epochs.map((epoch) => slowEvents(epoch, limit, lowest));
  if (!shifted.some(({ candidate }) => candidate.some(positive))) return null;
  if (!shifted.some(({ baseline }) => baseline.some(positive))) return null;
  const move = (j: number, step: 1 | -1) => {
    const bucket = limit + (step > 0 ? j + 1 : j);
    shifted.forEach(({ candidate }, e) => {
      for (let slice = 0; slice < BUCKETS; slice++) {
        const count = epochs[e]?.candidate[slice]?.[bucket] ?? 0;
        candidate[slice] = (candidate[slice] as number) - step * count;
      }
    });
    return j + step;
  };
  const rejected = () => relativeRisk(shifted, { alpha, buckets: slices }).logE >= -Math.log(alpha);
  let j = lowest;
  let before = excess(shifted);
  if (before <= NOTHING) return null;
  let after = before;
  while (after > NOTHING) {
    before = after;
    j = move(j, 1);
    after = excess(shifted);
  }
  const equal = j;
  // where latencies lie in lumps, a range of shifts makes both arms alike
  while (j < highest && Math.abs(excess(shifted)) <= NOTHING) j = move(j, 1);
  const ratio = factor(j > equal ? (equal - 1 + j) / 2 : j - 1 + before / (before - after));
  while (j < highest && !rejected()) j = move(j, 1);
  const high = rejected() ? factor(j) : null;
  while (j >= equal) j = move(j, -1);
  while (j > lowest && !rejected()) j = move(j, -1);
  const low = rejected() ? factor(j) : null;
  return { ratio, interval: low === null || high === null ? null : [low, high] };
}

/** Slow answers of the candidate beyond those expected of it when both arms are alike. */
function excess(epochs: readonly RiskEpoch[]): number {
  let total = 0;
  for (const { candidate, baseline, share } of epochs)
    for (let slice = 0; slice < BUCKETS; slice++)
      total += (1 - share) * (candidate[slice] as number) - share * (baseline[slice] as number);
  return total;
}

function countAbove(histogram: ArrayLike<number> | undefined, bucket: number): number {
  let count = 0;
  if (histogram) for (let b = Math.max(0, bucket + 1); b < histogram.length; b++) count += histogram[b] as number;
  return count;
}

const factor = (buckets: number): number => 2 ** (buckets / PER_OCTAVE);
const positive = (count: number): boolean => count > 0;
const sum = (a: number, b: number): number => a + b;
