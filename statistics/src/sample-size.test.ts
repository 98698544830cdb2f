import quantile from '@stdlib/stats-base-dists-normal-quantile';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sequenceBound } from './confidence-sequence.ts';
import { neededH, neededRows } from './sample-size.ts';

describe('rows that an effect needs', () => {
  it('are scipy’s for 2 points at an accuracy of 0.91', () => {
    // computed with scipy 1.17
    const effect = { effect: 0.02, share: 0.5 };
    expect(neededRows({ ...effect, probability: 0.91 }) / 12596.7671571858).toBeCloseTo(1, 9);
    expect(neededRows({ ...effect, variance: 0.91 * 0.09 })).toBe(neededRows({ ...effect, probability: 0.91 }));
  });

  it('grow with the design effect and with an uneven share', () => {
    const options = { effect: 0.02, probability: 0.91, share: 0.5 };
    const rows = neededRows(options);
    expect(neededRows({ ...options, designEffect: 2 })).toBeCloseTo(2 * rows, 6);
    expect(neededRows({ ...options, share: 0.1 })).toBeCloseTo((rows * 0.25) / 0.09, 6);
  });

  it('make the effect as large as the bound and the power’s quantile', () => {
    const positive = (min: number, max: number) => fc.double({ min, max, noNaN: true });
    fc.assert(
      fc.property(
        positive(0.001, 2),
        positive(0.001, 10),
        positive(1, 20),
        positive(0.001, 0.2),
        (effect, variance, designEffect, alpha) => {
          const h = neededH({ effect, variance, designEffect, alpha });
          const z = effect * Math.sqrt(h / (variance * designEffect));
          expect(z / (sequenceBound(h / designEffect, alpha) + quantile(0.8, 0, 1))).toBeCloseTo(1, 9);
          expect(neededH({ effect: -effect, variance, designEffect, alpha })).toBe(h);
        },
      ),
    );
  });

  it('are endless for no effect, and none where nothing varies', () => {
    expect(neededH({ effect: 0, variance: 1, designEffect: 1, alpha: 0.05 })).toBe(Number.POSITIVE_INFINITY);
    expect(neededH({ effect: 0.1, variance: 0, designEffect: 1, alpha: 0.05 })).toBe(0);
  });
});
