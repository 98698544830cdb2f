import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Place, TrainingSet } from '../table/training-set.ts';
import { forestOptions } from './forest-options.ts';
import { forestTrees } from './forest-trees.ts';
import { growTree } from './grow-tree.ts';
import { RandomForestClassifier } from './library-forest.ts';
import { rankValues } from './rank-values.ts';

type Numbers = Pick<TrainingSet, 'values' | 'labels'>;
const grownRows = (set: Numbers, features: number, places?: Place[]) => ({
  features: Array.from({ length: features }, (_, i) => ({ name: `x${i}`, unit: null })),
  ...{ classes: ['a', 'b', 'c', 'd'], labels: set.labels, ranked: rankValues(set), ...(places && { places }) },
});

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

it('grows the very tree that ml-random-forest grows by its own search and copies, to the last bit', () => {
  fc.assert(
    fc.property(data, fc.integer(), fc.integer({ min: 1, max: 6 }), (some, seed, depth) => {
      const options = { ...forestOptions({ trees: 1, depth }, seed), featuresPerSplit: 'all' as const };
      const library = new RandomForestClassifier(options);
      library.train(
        some.map(([row]) => row),
        some.map(([, label]) => label),
      );
      const { baseModel } = JSON.parse(JSON.stringify(library));
      const set = {
        values: Float64Array.from(some.flatMap(([row]) => row)) as never,
        labels: Int32Array.from(some, ([, label]) => label) as never,
      };
      const rows = grownRows(set, some[0]?.[0].length ?? 0);
      const { indexes, root } = growTree(rows, [...some.keys()], options);
      expect(indexes).toEqual(baseModel.indexes[0]);
      expect(baseModel.estimators[0].root).toMatchObject(JSON.parse(JSON.stringify(root)));
      const ours = { ...baseModel, indexes: [indexes], estimators: [{ root }] };
      expect(JSON.stringify(forestTrees({ name: 'RFClassifier', baseModel: ours }))).toBe(
        JSON.stringify(forestTrees({ name: 'RFClassifier', baseModel })),
      );
    }),
    { numRuns: 300, seed: 6 },
  );
});

it('refuses options that it does not grow by', () => {
  const rows = grownRows({ values: new Float64Array() as never, labels: new Int32Array() as never }, 0);
  const options = forestOptions({ trees: 1, depth: 1 }, 1);
  expect(() => growTree(rows, [0], { ...options, useSampleBagging: false })).toThrow(RangeError);
});

it('grows from words that share one number the tree that it grows from a number for each', () => {
  const some = fc.array(fc.tuple(fc.nat(3), fc.boolean(), fc.nat(2)), { minLength: 5, maxLength: 40 });
  fc.assert(
    fc.property(some, fc.integer({ min: 1, max: 1000 }), (rows, seed) => {
      const options = forestOptions({ trees: 1, depth: 4 }, seed);
      const labels = Int32Array.from(rows, ([, , label]) => label) as never;
      const shared = Float64Array.from(rows.flatMap(([word, flag]) => [word, Number(flag)])) as never;
      const places = [...[0, 1, 2, 3].map((is) => ({ at: 0, is })), { at: 1, is: 1 }];
      const spread = Float64Array.from(
        rows.flatMap(([word, flag]) => [...[0, 1, 2, 3].map((is) => Number(word === is)), Number(flag)]),
      );
      const own = [0, 1, 2, 3, 4].map((at) => ({ at, is: 1 }));
      const all = [...rows.keys()];
      const grown = growTree(grownRows({ values: shared, labels }, 5, places), all, options);
      expect(grown).toEqual(growTree(grownRows({ values: spread as never, labels }, 5, own), all, options));
    }),
    { numRuns: 100, seed: 7 },
  );
});
