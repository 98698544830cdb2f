import fc from 'fast-check';
import { expect, it } from 'vitest';
import { leafWeights } from './leaf-weights.ts';
import { LEAF_UNIT } from './tree.ts';

it.each([
  [[1], [4096]],
  [
    [0, 1],
    [0, 4096],
  ],
  [
    [0.5, 0.25, 0.25],
    [2048, 1024, 1024],
  ],
  [
    [1 / 3, 1 / 3, 1 / 3],
    [1366, 1365, 1365],
  ],
])('writes %j as %j', (shares, weights) => {
  expect(leafWeights(shares)).toEqual(weights);
});

it('makes one unit of any shares, off by less than one each, and keeps their order', () => {
  const counts = fc
    .array(fc.nat(50), { minLength: 1, maxLength: 60 })
    .filter((some) => some.some((count) => count > 0));
  fc.assert(
    fc.property(counts, (some) => {
      const rows = some.reduce((a, b) => a + b);
      // as ml-cart sums them
      const shares = some.map((count) =>
        Array(count)
          .fill(1 / rows)
          .reduce((a, b) => a + b, 0),
      );
      const weights = leafWeights(shares);
      expect(weights.reduce((a, b) => a + b)).toBe(LEAF_UNIT);
      weights.forEach((weight, i) => {
        expect(Math.abs(weight - (shares[i] as number) * LEAF_UNIT)).toBeLessThan(1);
        if (some[i] === 0) expect(weight).toBe(0);
      });
    }),
    { seed: 1 },
  );
});
