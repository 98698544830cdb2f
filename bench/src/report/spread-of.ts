import type { Spread } from './bars.ts';
import { LEAST_FOR_95, medianInterval } from './median-interval.ts';
import { median } from './stats.ts';

/** The median of values with its 95 % interval, or with the least and the most of them where they are too few for one. */
export function spreadOf(values: readonly number[]): Spread {
  if (values.length >= LEAST_FOR_95) return medianInterval(values);
  return { median: median(values), low: Math.min(...values), high: Math.max(...values) };
}
