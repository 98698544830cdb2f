import type { Histogram, MeasuredDrift } from '@coppice/contract';
import { moments } from '@coppice/statistics/moments';
import { quantileSorted } from 'simple-statistics';
import { isAbove, isBelow } from './training-range.ts';

const TENTHS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/** An ascending sample described for a plot, in the training histogram's bins. */
export function distribution(sorted: readonly number[], training: Histogram): NonNullable<MeasuredDrift['now']> {
  return {
    ...moments(sorted),
    deciles: TENTHS.map((p) => quantileSorted(sorted as number[], p)),
    histogram: histogram(sorted, training.edges),
  };
}

/** Counts in half-open bins, the last one closed; values outside get one more bin on their side. */
export function histogram(sorted: readonly number[], edges: readonly number[]): Histogram {
  const lowest = sorted[0] as number;
  const highest = sorted.at(-1) as number;
  const range = { min: edges[0] as number, max: edges.at(-1) as number };
  const all = [...edges];
  if (isBelow(lowest, range)) all.unshift(lowest);
  const last = all.length - 2;
  if (isAbove(highest, range)) all.push(highest);
  const counts = new Array<number>(all.length - 1).fill(0);
  let bin = 0;
  for (const value of sorted) {
    while (bin < last && value >= (all[bin + 1] as number)) bin++;
    if (bin === last && isAbove(value, range)) bin++;
    counts[bin] = (counts[bin] as number) + 1;
  }
  return { edges: all, counts };
}
