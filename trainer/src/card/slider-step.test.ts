import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sliderStep } from './slider-step.ts';

it.each([
  [[5.1, 3.5, 1.4, 0.2], 0.1],
  [[1, 2, 30], 1],
  [[0.25, 1.5], 0.01],
  [[100, 2500], 100],
  [[0, 100_000, 7], 100],
  [[0, 1.23456], 0.002],
  [[0, 3e-9], 1e-9],
  [[7, 7], 1],
  [[0, 0], 1],
  [[-1e100, 1e100, 1], 2e97],
])('takes for %j a step of %d', (values, step) => {
  expect(sliderStep(values)).toBe(step);
});

it('is above zero, 1, 2 or 5 times a power of ten, and makes at most 1,000 steps of a range', () => {
  const values = fc.array(fc.double({ noNaN: true, min: -1e100, max: 1e100 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(values, (some) => {
      const step = sliderStep(some);
      expect(step).toBeGreaterThan(0);
      if (step > Number.MIN_VALUE) expect(step.toExponential()).toMatch(/^[125]e/);
      expect((Math.max(...some) - Math.min(...some)) / step).toBeLessThan(1000.001);
    }),
    { seed: 2 },
  );
});
