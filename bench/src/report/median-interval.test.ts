import { describe, expect, it } from 'vitest';
import { LEAST_FOR_95, medianInterval } from './median-interval.ts';

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

describe('the interval of a median', () => {
  // Nair 1940, Sankhyā 4, 551–558: rank of the lower limit for 95 %, and the chance that the interval misses the median
  it.each([
    [6, 1, 0.031],
    [8, 1, 0.008],
    [9, 2, 0.039],
    [10, 2, 0.021],
    [11, 2, 0.012],
    [12, 3, 0.039],
    [15, 4, 0.035],
    [20, 6, 0.041],
    [25, 8, 0.043],
    [30, 10, 0.043],
  ])('of %i values goes from the value of rank %i, as published', (n, rank, misses) => {
    const interval = medianInterval(upTo(n));
    expect(interval).toMatchObject({ low: rank, high: n + 1 - rank, median: (n + 1) / 2 });
    expect(1 - interval.coverage).toBeCloseTo(misses, 3);
  });

  it('covers the median as often as a count of all cases has it', () => {
    for (let n = LEAST_FOR_95; n <= 14; n++) {
      const { low: rank, coverage } = medianInterval(upTo(n));
      // each value is below the true median or above it with the same chance: all 2ⁿ cases weigh the same
      let covered = 0;
      for (let pattern = 0; pattern < 2 ** n; pattern++) {
        const below = pattern.toString(2).replaceAll('0', '').length;
        if (below >= rank && below <= n - rank) covered++;
      }
      expect(coverage).toBeCloseTo(covered / 2 ** n, 12);
      expect(coverage).toBeGreaterThanOrEqual(0.95);
    }
  });

  it('takes the values in any order and leaves them as they are', () => {
    const values = [1.02, 0.97, 1.4, 1, 0.99, 1.01];
    expect(medianInterval(values)).toMatchObject({ median: 1.005, low: 0.97, high: 1.4 });
    expect(values[0]).toBe(1.02);
  });

  it('is wider for more confidence', () => {
    expect(medianInterval(upTo(20), 0.99)).toMatchObject({ low: 4, high: 17 });
  });

  it('does not exist for too few values', () => {
    expect(() => medianInterval(upTo(LEAST_FOR_95 - 1))).toThrow(RangeError);
    expect(() => medianInterval([])).toThrow(RangeError);
  });
});
