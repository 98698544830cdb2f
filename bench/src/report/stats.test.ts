import { describe, expect, it } from 'vitest';
import { median, medianRatio, quantile } from './stats.ts';

describe('the numbers of a benchmark', () => {
  it('takes the middle', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(median([])).toBeNaN();
  });

  it('takes quantiles by nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => i + 1);
    expect(quantile(hundred, 0.5)).toBe(50);
    expect(quantile(hundred, 0.99)).toBe(99);
    expect(quantile(hundred, 1)).toBe(100);
    expect(quantile([7], 0.01)).toBe(7);
  });

  it('compares what was measured in the same round', () => {
    // the second round had half of the machine: only the ratio stays
    expect(medianRatio([200, 100, 210], [100, 50, 100])).toBe(2);
  });
});
