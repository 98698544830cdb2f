import fc from 'fast-check';
import { expect, it } from 'vitest';
import { rankOf, rankValues } from './rank-values.ts';

const setOf = (rows: number[][]) => ({
  values: Float64Array.from(rows.flat()) as never,
  labels: new Int32Array(rows.length) as never,
});

it('gives each number back by its rank, ranks as numbers ascend, and one rank to equal numbers', () => {
  const row = fc.tuple(fc.double({ noNaN: true }), fc.integer({ min: -2, max: 2 }));
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 60 }), (rows) => {
      for (const [at, { ranks, distinct }] of rankValues(setOf(rows)).entries()) {
        expect(Array.from(ranks, (rank) => (distinct[rank] as number) + 0)).toEqual(
          rows.map((one) => (one[at] as number) + 0),
        );
        for (let i = 1; i < distinct.length; i++) expect(distinct[i]).toBeGreaterThan(distinct[i - 1] as number);
      }
    }),
    { seed: 9 },
  );
});

it('takes four bytes a rank where two do not hold them', () => {
  const [place] = rankValues(setOf(Array.from({ length: 2 ** 16 + 1 }, (_, i) => [-i])));
  expect(place?.ranks).toBeInstanceOf(Uint32Array);
  expect([place?.ranks[0], place?.ranks[2 ** 16]]).toEqual([2 ** 16, 0]);
});

it('finds the rank of a number, and none of one that no row has', () => {
  const [place] = rankValues(setOf([[3], [1], [3]]));
  expect([1, 2, 3, 4].map((value) => rankOf(place as never, value))).toEqual([0, -1, 1, -1]);
});
