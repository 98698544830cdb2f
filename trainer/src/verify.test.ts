import { irisTable } from '@coppice/testkit/iris-table';
import { describe, expect, it } from 'vitest';
import { forestOptions } from './forest/forest-options.ts';
import { forestTrees } from './forest/forest-trees.ts';
import { RandomForestClassifier } from './forest/library-forest.ts';
import { scoreByLeaves, scoreByVotes } from './forest/score-rows.ts';
import { trainForests } from './forest/train-forests.ts';
import { exportForest } from './onnx/export-forest.ts';
import { rowOf } from './table/training-set.ts';
import { numberRows } from './verified-rows.ts';
import { verifyModel } from './verify.ts';

describe('the check of an ONNX model against its forest', async () => {
  const table = irisTable();
  const rows = Array.from(table.labels.keys());
  const shapes = [
    { trees: 50, depth: 5 },
    { trees: 100, depth: 7 },
  ];
  const models = await trainForests(
    table,
    rows,
    shapes.map((shape) => forestOptions(shape, 42)),
  );
  const forests = models.map((model) => RandomForestClassifier.load(model));
  const exported = models.map((model) => exportForest({ trees: forestTrees(model), features: 4, classes: 3 }));
  const [v1, v2] = forests;
  if (!v1 || !v2) throw new Error('two forests were requested');

  it.each([0, 1])(
    'passes for v1 and v2 on all 150 Iris rows, with the labels of the library’s own predict',
    async (i) => {
      const forest = i ? v2 : v1;
      const labels = await verifyModel(exported[i] as Uint8Array, scoreByVotes(forest, 3), 3, numberRows(table));
      expect(labels).toEqual(forest.predict(rows.map((row) => rowOf(table, row))));
      expect(labels.filter((label, row) => label === table.labels[row]).length).toBeGreaterThan(145);
    },
  );

  it('passes for leaves that split their vote', async () => {
    const trees = forestTrees(models[1] as (typeof models)[number], 'shares');
    const model = exportForest({ trees, features: 4, classes: 3 });
    const labels = await verifyModel(model, scoreByLeaves(trees, 3, 'shares'), 3, numberRows(table));
    expect(labels.filter((label, row) => label === table.labels[row]).length).toBeGreaterThan(145);
    await expect(verifyModel(model, scoreByVotes(v2, 3), 3, numberRows(table))).rejects.toThrow(/differ on row/);
  });

  it('fails for the model of another forest, naming the row', async () => {
    await expect(verifyModel(exported[0] as Uint8Array, scoreByVotes(v2, 3), 3, numberRows(table))).rejects.toThrow(
      /differ on row \d+ of the data/,
    );
  });
});
