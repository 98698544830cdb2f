import type { ModelReport } from '@coppice/contract';
import { meanInterval } from './mean-interval.ts';

/** What the answers cost by the cost of each cell, and what always answering the class `majority` would. */
export function businessFigures(
  costs: number[][],
  actual: ArrayLike<number>,
  answered: ArrayLike<number>,
  majority: number,
): NonNullable<ModelReport['business']> {
  const cost = (row: number, answer: number) => costs[actual[row] as number]?.[answer] as number;
  const spent = Float64Array.from({ length: actual.length }, (_, row) => cost(row, answered[row] as number));
  const withoutModel = Float64Array.from(spent, (_, row) => cost(row, majority));
  const { mean, interval } = meanInterval(spent);
  return {
    costs,
    total: spent.reduce((sum, one) => sum + one, 0),
    per_row: mean,
    interval,
    majority_per_row: meanInterval(withoutModel).mean,
  };
}
