import { irisTable } from '@coppice/testkit/iris-table';
import { expect, it } from 'vitest';
import { rowOf, type TrainingSet } from '../table/training-set.ts';
import { forestOptions } from './forest-options.ts';
import { forestTrees } from './forest-trees.ts';
import { type LibraryModel, RandomForestClassifier } from './library-forest.ts';
import { trainForests } from './train-forests.ts';

const table = irisTable();
const rows = Array.from(table.labels.keys());
const shapes = [
  { trees: 5, depth: 3 },
  { trees: 8, depth: 7 },
];
const options = shapes.map((shape) => forestOptions(shape, 42));
const splitByAll = options.map((of) => ({ ...of, featuresPerSplit: 'all' as const }));

it.each([1, 4, 13])('makes the forest that ml-random-forest makes in one piece, of %i features', async (features) => {
  const wide = withFeatures(features);
  const models = await trainForests(wide, rows, splitByAll);
  models.forEach((model, i) => {
    const whole = new RandomForestClassifier(splitByAll[i] ?? {});
    whole.train(
      rows.map((row) => rowOf(wide, row)),
      Array.from(wide.labels),
    );
    const { baseModel } = JSON.parse(JSON.stringify(whole));
    expect(model.baseModel.indexes).toEqual(baseModel.indexes);
    // the library's nodes repeat the options of the tree and keep figures of splits that they did not make
    expect(baseModel.estimators).toMatchObject(model.baseModel.estimators.map(({ root }) => ({ root })));
    expect(forestTrees(model)).toEqual(forestTrees({ name: 'RFClassifier', baseModel }));
  });
});

it('draws features at each split, by the seed', async () => {
  const [drawn, again] = await Promise.all([trainForests(table, rows, options), trainForests(table, rows, options)]);
  expect(JSON.stringify(drawn)).toBe(JSON.stringify(again));
  const all = await trainForests(table, rows, splitByAll);
  const roots = (models: LibraryModel[]) =>
    new Set(models.flatMap((model) => forestTrees(model)).map((tree) => ('feature' in tree ? tree.feature : -1)));
  const petalOnly = new Set([2, 3]);
  expect(roots(all).difference(petalOnly).size).toBe(0);
  expect(roots(drawn).difference(petalOnly).size).toBeGreaterThan(0);
});

it('does not depend on the number of workers, and counts trees as they come', async () => {
  const seen: number[] = [];
  const one = await trainForests(table, rows, options, { workers: 1, onTree: (done) => seen.push(done) });
  const three = await trainForests(table, rows, options, { workers: 3 });
  expect(JSON.stringify(three)).toBe(JSON.stringify(one));
  expect(seen).toEqual(Array.from({ length: 13 }, (_, i) => i + 1));
});

it('fails when a worker fails', async () => {
  const impossible = { ...forestOptions({ trees: 2, depth: 2 }, 1), maxFeatures: 99 };
  await expect(trainForests(table, rows, [impossible])).rejects.toThrow('a training worker failed');
});

/** Iris with as many features as wanted: the first ones, then those over again. */
function withFeatures(count: number): TrainingSet {
  const features = Array.from({ length: count }, (_, i) => table.features[i % 4] as TrainingSet['features'][number]);
  const values = new Float64Array(new SharedArrayBuffer(8 * rows.length * count));
  for (const row of rows) for (let i = 0; i < count; i++) values[row * count + i] = rowOf(table, row)[i % 4] as number;
  return { ...table, features, values };
}
