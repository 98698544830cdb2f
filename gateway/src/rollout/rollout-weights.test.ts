import fc from 'fast-check';
import { expect, it } from 'vitest';
import { rolloutWeights } from './rollout-weights.ts';

const pair = { version: 'v2', baseline: 'v1' };

it.each([
  [{ v1: 100, v2: 0 }, 1, { v1: 99, v2: 1 }],
  [{ v1: 99, v2: 1 }, 5, { v1: 95, v2: 5 }],
  [{ v1: 50, v2: 50 }, 100, { v1: 0, v2: 100 }],
  [{ v1: 95, v2: 5 }, 0, { v1: 100, v2: 0 }],
  [{ v1: 100, v2: 0 }, 0.5, { v1: 995, v2: 5 }],
  [{ v1: 90, v2: 0, v3: 10 }, 1, { v1: 891, v2: 9, v3: 100 }],
  [{ v1: 891, v2: 9, v3: 100 }, 50, { v1: 450, v2: 450, v3: 100 }],
  [{ v1: 0, v2: 0, v3: 7 }, 5, { v1: 0, v2: 0, v3: 100 }],
])('of %j at %d %% are %j', (weights, percent, expected) => {
  expect(rolloutWeights(weights, pair, percent)).toEqual(expected);
});

const anyWeights = fc.record({
  v1: fc.integer({ min: 1, max: 1_000_000 }),
  v2: fc.integer({ min: 0, max: 1_000_000 }),
  v3: fc.integer({ min: 0, max: 1_000_000 }),
  v4: fc.integer({ min: 0, max: 100 }),
});
const anyPercent = fc.oneof(
  fc.constantFrom(0, 1, 5, 10, 25, 50, 100),
  fc.double({ min: 0.01, max: 99.99, noNaN: true }),
);

it('are whole, give the candidate some but never more than its step, and leave the others their share', () => {
  fc.assert(
    fc.property(anyWeights, anyPercent, (before, percent) => {
      const after = rolloutWeights(before, pair, percent) as typeof before;
      const sum = (weights: typeof before) => weights.v1 + weights.v2 + weights.v3 + weights.v4;
      expect(Object.values(after).every((weight) => Number.isSafeInteger(weight) && weight >= 0)).toBe(true);
      const share = after.v2 / (after.v1 + after.v2);
      expect(share).toBeLessThanOrEqual(percent / 100 + 1e-7);
      expect(share).toBeGreaterThan(percent / 100 - 0.01);
      expect(after.v2 > 0).toBe(percent > 0);
      for (const other of ['v3', 'v4'] as const)
        expect(Math.abs(after[other] / sum(after) - before[other] / sum(before))).toBeLessThan(1e-12);
    }),
  );
});

it('depend on where the rollout stands only by the shares, not on the steps before', () => {
  fc.assert(
    fc.property(anyWeights, fc.array(anyPercent, { maxLength: 4 }), anyPercent, (start, steps, percent) => {
      const through = steps.reduce<Record<string, number>>((now, step) => rolloutWeights(now, pair, step), start);
      expect(rolloutWeights(through, pair, percent)).toEqual(rolloutWeights(start, pair, percent));
    }),
  );
});
