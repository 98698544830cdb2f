import { expect, it } from 'vitest';
import { irisTable } from '../iris-table.ts';
import { rowOf } from '../table.ts';
import { forestOptions } from './forest-options.ts';
import { RandomForestClassifier } from './library-forest.ts';
import { trainForests } from './train-forests.ts';

const table = irisTable();
const rows = Array.from(table.labels.keys());
const shapes = [
  { trees: 5, depth: 3 },
  { trees: 8, depth: 7 },
];
const options = shapes.map((shape) => forestOptions(shape, 42));

it('makes the forest that ml-random-forest makes in one piece', async () => {
  const models = await trainForests(table, rows, options);
  models.forEach((model, i) => {
    const whole = new RandomForestClassifier(options[i] ?? {});
    whole.train(
      rows.map((row) => rowOf(table, row)),
      Array.from(table.labels),
    );
    const { baseModel } = JSON.parse(JSON.stringify(whole));
    expect(model.baseModel.indexes).toEqual(baseModel.indexes);
    expect(model.baseModel.estimators).toEqual(baseModel.estimators);
  });
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
