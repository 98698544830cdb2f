import type { ForestShape } from './forest/forest-options.ts';

/** Processor time on a small cloud machine, in seconds: ranking a number, and taking a row through a level by one feature. */
const [perNumber, perStep] = [3e-7, 5.5e-8];
/** Rows beyond the processor's cache take longer: at this number twice as long. */
const cachedRows = 300_000;
const startSeconds = 0.2;

/** A time in seconds for growing the trees: every level of every tree looks at ⌊√F⌋ features of all rows, the leaves' level as well. */
export function estimateSeconds(
  forests: readonly ForestShape[],
  { rows, features, workers }: { rows: number; features: number; workers: number },
): number {
  const levels = forests.reduce((sum, { trees, depth }) => sum + trees * Math.min(depth + 1, Math.log2(rows)), 0);
  const steps = levels * rows * Math.floor(Math.sqrt(features));
  return startSeconds + perNumber * rows * features + (perStep * steps * (1 + rows / cachedRows)) / workers;
}

/** A duration in words: `40 seconds`, `3 minutes`, `2 hours`. */
export function aboutTime(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} seconds`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} minutes` : `${Math.round(seconds / 3600)} hours`;
}
