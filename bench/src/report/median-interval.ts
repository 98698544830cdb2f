import { binomialDistribution } from 'simple-statistics';
import { median } from './stats.ts';

export type MedianInterval = {
  median: number;
  low: number;
  high: number;
  /** The chance that such an interval holds the true median; at least the confidence. */
  coverage: number;
};

/** The fewest values with an interval of 95 %: of five, all are above the median or all below it with a chance of 2 × ½⁵. */
export const LEAST_FOR_95 = 6;

/**
 * The median of values and an interval for that of their population, whatever its distribution: from the r-th least to
 * the r-th greatest value, where r is as large as P(Binomial(n, ½) < r) ≤ (1 − confidence) / 2 allows
 * (W. R. Thompson 1936, Annals of Mathematical Statistics 7, 122–128; tabulated by K. R. Nair 1940, Sankhyā 4, 551–558).
 * Throws `RangeError` when there are too few values.
 */
export function medianInterval(values: readonly number[], confidence = 0.95): MedianInterval {
  const n = values.length;
  const chances = binomialDistribution(n, 0.5) ?? [];
  let rank = 0;
  let below = 0;
  for (const chance of chances) {
    if (below + chance > (1 - confidence) / 2) break;
    below += chance;
    rank++;
  }
  if (rank === 0) throw new RangeError(`${n} values have no interval with a confidence of ${confidence}`);
  const sorted = values.toSorted((a, b) => a - b);
  return {
    median: median(sorted),
    low: sorted[rank - 1] as number,
    high: sorted[n - rank] as number,
    coverage: 1 - 2 * below,
  };
}
