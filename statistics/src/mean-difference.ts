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
  /** The largest of the three. */
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
  const { vb, buckets } = useBuckets ? bucketVariance(compared) : { vb: null, buckets: 0 };
  const variance = Math.max(v0, v1, vb ?? 0);
  const effect = a / h;
  const standardError = Math.sqrt(variance) / h;
  const designEffect = variance / v0;
  const bound = sequenceBound(h / designEffect, alpha);
  const interval: [number, number] = [effect - bound * standardError, effect + bound * standardError];
  const p = sequencePValue(effect / standardError, h / designEffect);
  return { effect, h, v0, v1, vb, variance, standardError, designEffect, buckets, bound, interval, p };
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
  };
}

/** Sum of squared distances from the mean. */
function spread(squares: number, sum: number, n: number): number {
  const value = squares - (sum * sum) / n;
  return value > ROUNDING * squares ? value : 0;
}

/** The variance between buckets, which rows of one user share whatever ties them together. */
function bucketVariance(compared: readonly Compared[]): { vb: number | null; buckets: number } {
  let squares = 0;
  let buckets = 0;
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    let deviation = 0;
    let rows = 0;
    for (let i = 0; i < compared.length; i++) {
      const one = compared[i] as Compared;
      const nT = one.rowsT[bucket] as number;
      const nC = one.rowsC[bucket] as number;
      rows += nT + nC;
      deviation +=
        one.weightT * ((one.sumsT[bucket] as number) - one.meanT * nT) -
        one.weightC * ((one.sumsC[bucket] as number) - one.meanC * nC);
    }
    if (rows === 0) continue;
    buckets++;
    squares += deviation * deviation;
  }
  return { vb: buckets < 2 ? null : (buckets / (buckets - 1)) * squares, buckets };
}
