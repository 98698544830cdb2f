import { BUCKETS, type EpochPair, totalOf } from './bucketed.ts';
import { sequenceBound, sequencePValue } from './confidence-sequence.ts';

export type MeanDifference = {
  /** Mean of the candidate minus that of the baseline. */
  effect: number;
  /** The information in the comparison, Σ n_T·n_C/N over epochs. */
  h: number;
  /** Variance of the weighted sum of differences if nothing differs, if the arms vary differently, and by buckets. */
  v0: number;
  v1: number;
  /** Null without buckets, or with data in fewer than two. */
  vb: number | null;
  /** By buckets if nothing differs, from both arms together; null once both arms have data in enough buckets for `vb`. */
  vb0: number | null;
  /** The largest of the four. */
  variance: number;
  standardError: number;
  /** At least 1: rows of one user count as one `designEffect`-th each. */
  designEffect: number;
  /** Buckets with data in epochs that count. */
  buckets: number;
  /** Half the interval's width in standard errors. */
  bound: number;
  interval: [low: number, high: number];
  p: number;
};

/** A spread this small beside the sum of squares is what rounding leaves of equal values. */
const ROUNDING = 1e-12;
/** Buckets in which an arm with some 90 users has data. With fewer, what varies between its users is not yet seen. */
const ENOUGH_BUCKETS = 48;

/**
 * The difference of two means over epochs with different shares, by Mantel–Haenszel weights n_T·n_C/N, with an interval and
 * a p-value that hold at all looks together. Epochs with an empty arm are skipped. Null when none is left or no value
 * differs from another within an epoch. An arm with a single row in an epoch adds nothing to `v1`.
 */
export function meanDifference(
  epochs: readonly EpochPair[],
  { alpha, useBuckets = true }: { alpha: number; useBuckets?: boolean },
): MeanDifference | null {
  const compared: Compared[] = [];
  let a = 0;
  let h = 0;
  let v0 = 0;
  let v1 = 0;
  for (const epoch of epochs) {
    const one = compare(epoch);
    if (one === null) continue;
    compared.push(one);
    a += one.a;
    h += one.h;
    v0 += one.v0;
    v1 += one.v1;
  }
  if (compared.length === 0 || !(v0 > 0)) return null;
  const { vb, vb0, buckets } = useBuckets ? bucketVariances(compared) : { vb: null, vb0: null, buckets: 0 };
  const variance = Math.max(v0, v1, vb ?? 0, vb0 ?? 0);
  const effect = a / h;
  const standardError = Math.sqrt(variance) / h;
  const designEffect = variance / v0;
  const bound = sequenceBound(h / designEffect, alpha);
  const interval: [number, number] = [effect - bound * standardError, effect + bound * standardError];
  const p = sequencePValue(effect / standardError, h / designEffect);
  return { effect, h, v0, v1, vb, vb0, variance, standardError, designEffect, buckets, bound, interval, p };
}

/** Ends that the effect lies above, and below, at all looks together with probability 1 − α each; α up to 0.5. */
export function oneSidedBounds(difference: MeanDifference, alpha: number): [low: number, high: number] {
  const { effect, standardError, h, designEffect } = difference;
  const reach = sequenceBound(h / designEffect, 2 * alpha) * standardError;
  return [effect - reach, effect + reach];
}

type Compared = {
  rowsT: Float64Array;
  rowsC: Float64Array;
  sumsT: Float64Array;
  sumsC: Float64Array;
  a: number;
  h: number;
  v0: number;
  v1: number;
  weightT: number;
  weightC: number;
  meanT: number;
  meanC: number;
  /** √(h/N) and mean of both arms together. */
  weight: number;
  mean: number;
};

function compare({ candidate, baseline }: EpochPair): Compared | null {
  const nT = totalOf(candidate.n);
  const nC = totalOf(baseline.n);
  if (!(nT > 0 && nC > 0)) return null;
  const sT = totalOf(candidate.sum);
  const sC = totalOf(baseline.sum);
  const qT = totalOf(candidate.squares);
  const qC = totalOf(baseline.squares);
  const n = nT + nC;
  const h = (nT * nC) / n;
  const vT = nT < 2 ? 0 : spread(qT, sT, nT) / (nT - 1);
  const vC = nC < 2 ? 0 : spread(qC, sC, nC) / (nC - 1);
  return {
    rowsT: candidate.n,
    rowsC: baseline.n,
    sumsT: candidate.sum,
    sumsC: baseline.sum,
    a: (nC * sT - nT * sC) / n,
    h,
    v0: (h * spread(qT + qC, sT + sC, n)) / (n - 1),
    v1: h * h * (vT / nT + vC / nC),
    weightT: h / nT,
    weightC: h / nC,
    meanT: sT / nT,
    meanC: sC / nC,
    weight: Math.sqrt(h / n),
    mean: (sT + sC) / n,
  };
}

/** Sum of squared distances from the mean. */
function spread(squares: number, sum: number, n: number): number {
  const value = squares - (sum * sum) / n;
  return value > ROUNDING * squares ? value : 0;
}

/**
 * The variance between buckets, which rows of one user share whatever ties them together: of the difference, and of what
 * a random assignment of the same buckets would give.
 */
function bucketVariances(compared: readonly Compared[]): { vb: number | null; vb0: number | null; buckets: number } {
  let squares = 0;
  let squares0 = 0;
  let buckets = 0;
  let bucketsT = 0;
  let bucketsC = 0;
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    let deviation = 0;
    let deviation0 = 0;
    let rowsT = 0;
    let rowsC = 0;
    for (let i = 0; i < compared.length; i++) {
      const one = compared[i] as Compared;
      const nT = one.rowsT[bucket] as number;
      const nC = one.rowsC[bucket] as number;
      const sT = one.sumsT[bucket] as number;
      const sC = one.sumsC[bucket] as number;
      rowsT += nT;
      rowsC += nC;
      deviation += one.weightT * (sT - one.meanT * nT) - one.weightC * (sC - one.meanC * nC);
      deviation0 += one.weight * (sT + sC - one.mean * (nT + nC));
    }
    if (rowsT + rowsC === 0) continue;
    buckets++;
    if (rowsT > 0) bucketsT++;
    if (rowsC > 0) bucketsC++;
    squares += deviation * deviation;
    squares0 += deviation0 * deviation0;
  }
  if (buckets < 2) return { vb: null, vb0: null, buckets };
  const scale = buckets / (buckets - 1);
  const few = Math.min(bucketsT, bucketsC) < ENOUGH_BUCKETS;
  return { vb: scale * squares, vb0: few ? scale * squares0 : null, buckets };
}
