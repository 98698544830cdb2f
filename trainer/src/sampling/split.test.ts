import fc from 'fast-check';
import { expect, it } from 'vitest';
import { stratifiedSplit } from './split.ts';

const iris = Array.from({ length: 150 }, (_, row) => Math.floor(row / 50));

it('keeps ten of each Iris species for testing', () => {
  const { test, train } = stratifiedSplit(iris, { testShare: 0.2, seed: 42 });
  expect([0, 1, 2].map((label) => test.filter((row) => iris[row] === label).length)).toEqual([10, 10, 10]);
  expect(train).toHaveLength(120);
});

it('depends on the seed and on nothing else', () => {
  const split = (seed: number) => stratifiedSplit(iris, { testShare: 0.2, seed });
  expect(split(1)).toEqual(split(1));
  expect(split(1)).not.toEqual(split(2));
});

it('puts every row on one side and each class on both', () => {
  const labels = fc.array(fc.nat(3), { maxLength: 60 }).map((some) => [0, 0, 1, 1, 2, 2, 3, 3, ...some]);
  fc.assert(
    fc.property(labels, fc.nat(), (all, seed) => {
      const { train, test } = stratifiedSplit(all, { testShare: 0.2, seed });
      expect([...train, ...test].sort((a, b) => a - b)).toEqual([...all.keys()]);
      for (const side of [train, test]) expect(new Set(side.map((row) => all[row])).size).toBe(4);
    }),
    { seed: 9 },
  );
});
