import fc from 'fast-check';
import { expect, it } from 'vitest';
import { useFastSplits } from './fast-split.ts';
import { forestOptions } from './forest-options.ts';
import { RandomForestClassifier } from './library-forest.ts';

const train = (rows: number[][], labels: number[], seed: number) => {
  const forest = new RandomForestClassifier(forestOptions({ trees: 3, depth: 6 }, seed));
  forest.train(rows, labels);
  return JSON.stringify(forest);
};

const neighbours = fc.constantFrom(1, 1 + Number.EPSILON, 1 + 2 * Number.EPSILON, 2);
/** Few distinct values make ties between splits, neighbouring doubles make thresholds that equal a value. */
const value = fc.oneof(
  fc.integer({ min: -2, max: 2 }),
  neighbours,
  fc.double({ noNaN: true, min: -1e100, max: 1e100 }),
);
const data = fc.integer({ min: 1, max: 4 }).chain((features) =>
  fc.array(fc.tuple(fc.array(value, { minLength: features, maxLength: features }), fc.nat(3)), {
    minLength: 2,
    maxLength: 40,
  }),
);

it('grows the very trees that ml-cart grows by its own search, to the last bit', () => {
  fc.assert(
    fc.property(data, fc.integer(), (some, seed) => {
      const rows = some.map(([row]) => row);
      const labels = some.map(([, label]) => label);
      const own = train(rows, labels, seed);
      const undo = useFastSplits();
      try {
        expect(train(rows, labels, seed)).toBe(own);
      } finally {
        undo();
      }
    }),
    { numRuns: 300, seed: 6 },
  );
});
