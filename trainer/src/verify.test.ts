import { readFileSync } from 'node:fs';
import { irisTable } from '@coppice/testkit/iris-table';
import { describe, expect, it } from 'vitest';
import { readCsv } from './csv/read-csv.ts';
import { forestOptions } from './forest/forest-options.ts';
import { forestTrees } from './forest/forest-trees.ts';
import { type LibraryModel, RandomForestClassifier } from './forest/library-forest.ts';
import { scoreByLeaves, scoreByVotes } from './forest/score-rows.ts';
import { trainForests } from './forest/train-forests.ts';
import { exportForest } from './onnx/export-forest.ts';
import { fitPreparation } from './prepare/fit-preparation.ts';
import { prepareTable } from './prepare/prepare-table.ts';
import { rowOf } from './table/training-set.ts';
import { numberRows, rawRows } from './verified-rows.ts';
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

describe('the check of a model with its preparation inside', () => {
  const file = new URL('../../testkit/tables/titanic.csv', import.meta.url);
  const table = readCsv(readFileSync(file), { file: 'titanic.csv', target: 'Survived' });
  const all = [...table.lines.keys()];
  const preparation = fitPreparation(table, all);
  const set = prepareTable(preparation, table);
  const rows = rawRows(preparation, table);

  it('sees every row as it is, then rows with gaps, unseen words and numbers far off', async () => {
    expect(rows.rows).toBe(40 + 3 * 8 + 3);
    expect(rows.features(0, 40)).toEqual(all.map((row) => rowOf(set, row)));
    const { Sex, Age } = rows.tensors(40, rows.rows);
    expect(Sex?.data).toContain('');
    expect(Sex?.data).toContain('a word that no row has');
    expect(Age?.data).toContain(-1e5);
    const [model] = await trainForests(set, all, [forestOptions({ trees: 20, depth: 6 }, 1)]);
    const trees = forestTrees(model as LibraryModel, 'shares');
    const features = set.features.length;
    const score = scoreByLeaves(trees, 2, 'shares');
    const labels = await verifyModel(exportForest({ trees, features, classes: 2, preparation }), score, 2, rows);
    expect(labels).toHaveLength(rows.rows);
    // another fill differs only where a value is missing
    const steps = preparation.steps.map((step) => (step.column === 'Age' ? { ...step, fill: 1 } : step) as typeof step);
    const wrong = exportForest({ trees, features, classes: 2, preparation: { steps } });
    await expect(verifyModel(wrong, score, 2, rows)).rejects.toThrow(/differ on row \d+ of the data/);
  });
});
