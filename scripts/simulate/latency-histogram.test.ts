import { expect, it } from 'vitest';
import { LatencyHistogram } from './latency-histogram.ts';

it('knows quantiles to 1 %', () => {
  const histogram = new LatencyHistogram();
  for (let ms = 1; ms <= 1000; ms++) histogram.add(ms);
  for (const p of [0.001, 0.5, 0.95, 0.99, 1])
    expect(Math.abs((histogram.quantile(p) as number) / (1000 * p) - 1)).toBeLessThan(0.01);
});

it('has none of nothing, and takes zero', () => {
  const histogram = new LatencyHistogram();
  expect(histogram.quantile(0.5)).toBeNull();
  histogram.add(0);
  expect(histogram.quantile(0.5)).toBeCloseTo(0.01, 3);
});
