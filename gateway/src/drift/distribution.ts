import type { Histogram, MeasuredDrift } from '@coppice/contract';
import { moments } from '@coppice/statistics/moments';
import { quantileSorted } from 'simple-statistics';

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
  const all = [...edges];
  if (lowest < (edges[0] as number)) all.unshift(lowest);
  if (highest > (edges.at(-1) as number)) all.push(highest);
  const counts = new Array<number>(all.length - 1).fill(0);
  let bin = 0;
  for (const value of sorted) {
    while (bin < counts.length - 1 && value >= (all[bin + 1] as number)) bin++;
    counts[bin] = (counts[bin] as number) + 1;
  }
  return { edges: all, counts };
}
