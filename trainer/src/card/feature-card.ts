import type { Histogram, NumberCard } from '@coppice/contract';
import { moments } from '@coppice/statistics/moments';
import { quantileSorted } from 'simple-statistics';
import { sliderStep } from './slider-step.ts';

/** Figures of one feature over its training values; `sampleAt` are the positions of the drift reference's values. */
export function describeFeature(
  { name, unit }: Pick<NumberCard, 'name' | 'unit'>,
  values: Float64Array,
  sampleAt: readonly number[],
): NumberCard {
  const sorted = Array.from(values.toSorted());
  const [min, max] = [sorted[0] as number, sorted.at(-1) as number];
  return {
    kind: 'number',
    name,
    unit,
    nullable: false,
    missing: 0,
    min,
    max,
    ...moments(sorted),
    step: sliderStep(sorted),
    deciles: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9].map((p) => quantileSorted(sorted, p)),
    histogram: histogramOf(sorted),
    sample: sampleAt.map((at) => values[at] as number).sort((a, b) => a - b),
  };
}

/** Bins of equal width over sorted values: √n of them, at most 20; one bin of width 1 around a constant. */
export function histogramOf(sorted: readonly number[]): Histogram {
  const [min, max] = [sorted[0] as number, sorted.at(-1) as number];
  if (min === max) {
    const half = Math.max(0.5, Math.abs(min) / 2);
    return { edges: [min - half, min + half], counts: [sorted.length] };
  }
  const bins = Math.min(20, Math.ceil(Math.sqrt(sorted.length)));
  // two neighbouring doubles have no room for edges between them
  const edges = Array.from({ length: bins + 1 }, (_, i) => min * (1 - i / bins) + max * (i / bins));
  if (edges.some((edge, i) => i > 0 && !(edge > (edges[i - 1] as number))))
    return { edges: [min, max], counts: [sorted.length] };
  const counts = new Array<number>(bins).fill(0);
  let bin = 0;
  for (const value of sorted) {
    while (bin < bins - 1 && value >= (edges[bin + 1] as number)) bin++;
    counts[bin] = (counts[bin] as number) + 1;
  }
  return { edges, counts };
}
