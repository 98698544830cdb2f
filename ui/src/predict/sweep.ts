import { onStep, type SliderRange } from './slider-range.ts';

/** Rows in which one feature goes through its range in at most `most` steps while the others stay. */
export function sweep(features: readonly number[], index: number, range: SliderRange, most = 61): number[][] {
  const steps = Math.max(1, Math.min(most - 1, Math.round((range.max - range.min) / range.step)));
  return Array.from({ length: steps + 1 }, (_, i) => {
    const value = onStep(range.min + ((range.max - range.min) * i) / steps, range);
    return features.map((other, j) => (j === index ? value : other));
  });
}
