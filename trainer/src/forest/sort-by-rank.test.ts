import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sortByRank } from './sort-by-rank.ts';

/** One by one, counted, and digit by digit. */
const sizes = fc.constantFrom([10, 5], [200, 40], [3_000, 900], [300, 70_000], [3_000, 2 ** 24]);

it('sorts by rank, and leaves rows of one rank as they were', () => {
  fc.assert(
    fc.property(sizes, fc.integer(), ([length, distinct], seed) => {
      const random = fc.sample(fc.nat((distinct as number) - 1), { numRuns: length as number, seed });
      const size = random.length + 3;
      const rows = { ranks: new Uint32Array(size), labels: new Uint32Array(size) };
      rows.ranks.set(random);
      rows.labels.set([...random.keys()]);
      const spare = { ranks: new Uint32Array(size), labels: new Uint32Array(size) };
      const sorted = sortByRank(rows, spare, random.length, distinct as number);
      const expected = [...random.entries()].sort(([i, a], [j, b]) => a - b || i - j);
      expect([...sorted.ranks.subarray(0, random.length)]).toEqual(expected.map(([, rank]) => rank));
      expect([...sorted.labels.subarray(0, random.length)]).toEqual(expected.map(([i]) => i));
    }),
    { numRuns: 60, seed: 8 },
  );
});
