import { mean, standardDeviation } from 'simple-statistics';

export type Moments = {
  mean: number;
  /** Of the population: divided by n. */
  std: number;
};

/** Mean and population standard deviation of a sample in ascending order; exact when all values are equal. */
export function moments(sorted: readonly number[]): Moments {
  const first = sorted[0] as number;
  // rounding may leave the mean of equal values just beside them, and a spread just above none
  if (first === sorted.at(-1)) return { mean: first, std: 0 };
  return { mean: mean(sorted as number[]), std: standardDeviation(sorted as number[]) };
}
