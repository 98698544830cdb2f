import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseModelCard } from '@coppice/contract';
import { foreignModel, foreignSample } from '@coppice/testkit/foreign-model';
import { MIXED_CLASSES, mixedAnswer, writeMixedModel } from '@coppice/testkit/mixed-model';
import { DataError } from '@coppice/trainer/table/data-error';
import { describe, expect, it } from 'vitest';
import { importModel } from './import-model.ts';
import { ImportRefusedError } from './import-refused.ts';

const FLOAT = 1;
const INT64 = 7;
const BOOL = 9;

type Options = Partial<Parameters<typeof importModel>[2]>;
const given = (options: Options) => ({
  ...{ name: 'larger', modelFile: 'm.onnx', file: 'sample.csv', target: 'y' },
  ...{ drop: [], only: undefined, classes: undefined, now: () => new Date('2026-01-01T00:00:00Z') },
  ...options,
});
async function imported(model: Uint8Array, data: string, options: Options = {}) {
  const result = await importModel(model, Buffer.from(data), given(options));
  await result.close();
  return result;
}
const refusal = (model: Uint8Array, data: string, options: Options = {}) =>
  imported(model, data, options).then(
    () => 'nothing was refused',
    (error: Error) => {
      if (error instanceof ImportRefusedError || error instanceof DataError) return error.message;
      throw error;
    },
  );

describe('a model that the server takes as it is', () => {
  const names = ['a', 'b', 'c'];

  it('keeps its bytes, and gets a card of the sample with figures of all rows', async () => {
    const model = foreignModel({ width: 3, labels: names });
    const { card, onnx, actual, answers, notices } = await imported(model, foreignSample(names));
    expect(onnx).toBe(model);
    expect(parseModelCard(JSON.parse(JSON.stringify(card))).error).toBeUndefined();
    expect(card).toMatchObject({
      ...{ format: 2, name: 'larger', version: 'imported', gitCommit: null, libraries: { elsewhere: '1' } },
      features: names.map((_, i) => ({ name: `x${i}`, kind: 'number', nullable: false })),
      classes: names.map((name) => ({ name, share: 1 / 3 })),
      metrics: { rows: 30, accuracy: 1 },
      data: { file: 'sample.csv', rows: 30, trainRows: 30, testRows: 30, target: 'y' },
      parameters: { imported: 'm.onnx', classOrder: 'the model’s own labels' },
    });
    expect(card.parameters).not.toHaveProperty('importedSha256');
    expect(answers.answered).toEqual(actual);
    expect(answers.probabilities).toHaveLength(90);
    expect(notices).toEqual([
      'the model has one input, X, without names of columns: it gets x0, x1, x2, in the order of the file',
      'the figures are of all rows of the sample: they flatter a model that was trained on them',
    ]);
  });

  it('may have its classes in another order than the sample', async () => {
    const { card, actual } = await imported(
      foreignModel({ width: 3, labels: ['c', 'a', 'b'] }),
      foreignSample(['c', 'a', 'b']),
    );
    expect(card.classes.map(({ name }) => name)).toEqual(['c', 'a', 'b']);
    expect(actual.slice(0, 3)).toEqual([0, 1, 2]);
    expect(card.metrics.accuracy).toBe(1);
  });

  it('gets its inputs by name from a file that has other columns and another order', async () => {
    const columns = { y2: FLOAT, x1: INT64, yes: BOOL };
    const lines = Array.from({ length: 12 }, (_, i) => `${i},${i % 3},name ${i},${i % 2 ? 'yes' : 'no'},${9 - i},b`);
    const data = ['id,x1,note,yes,y2,y', ...lines, '12,0,x,no,20,a', '13,0,x,no,30,a', '14,9,x,no,0,c'].join('\n');
    const labels = ['a', 'b', 'c'];
    const { card } = await imported(foreignModel({ width: 3, columns, labels }), data);
    expect(card.features.map(({ name, kind }) => `${name} ${kind}`)).toEqual(['x1 number', 'yes boolean', 'y2 number']);
  });

  it('may take a column that a training leaves out as an identifier', async () => {
    const rows = Array.from({ length: 20 }, (_, i) => `${i},${19 - i},${i > 9.5 ? 'a' : 'b'}`);
    const data = ['user_id,x1,y', ...rows].join('\n');
    const labels = ['a', 'b'];
    const byName = await imported(foreignModel({ columns: { user_id: FLOAT, x1: FLOAT }, labels }), data);
    expect(byName.card.features.map(({ name }) => name)).toEqual(['user_id', 'x1']);
    expect((await imported(foreignModel({ labels }), data)).card.metrics.accuracy).toBe(1);
  });

  it('leaves out columns that are no numbers where it has one input, and says so', async () => {
    const data = foreignSample(['a', 'b'], { extra: 'red' });
    const { card, notices } = await imported(foreignModel({ labels: ['a', 'b'] }), data);
    expect(card.features.map(({ name }) => name)).toEqual(['x0', 'x1']);
    expect(notices[0]).toMatch(/it gets x0, x1, in the order of the file; left out: extra$/);
  });

  it('leaves out rows without a class, with a note', async () => {
    const { card, notices } = await imported(
      foreignModel({ labels: ['a', 'b'] }),
      `${foreignSample(['a', 'b'])}\n1,2,\n`,
    );
    expect(card.data.rows).toBe(30);
    expect(notices).toContain('1 row left out: no class, "y" is missing');
  });

  it('may be one that a training made, with text, dates and gaps', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'coppice-import-'));
    writeMixedModel(folder);
    const model = readFileSync(join(folder, 'model.onnx'));
    rmSync(folder, { recursive: true });
    const rows = Array.from({ length: 60 }, (_, row) => {
      const [length, colour] = [row / 4, ['red', 'green', 'blue', null][row % 4] ?? null];
      const kind = MIXED_CLASSES[mixedAnswer({ length, colour })];
      return [length, colour ?? '', row % 2 ? 'yes' : 'no', row % 3 ? '2024-03-31' : '', kind].join(',');
    });
    const data = ['length,colour,ripe,picked,y', ...rows].join('\n');
    expect(await refusal(model, data)).toMatch(/: --classes small,large,red fits$/);
    const { card } = await imported(model, data, { classes: MIXED_CLASSES });
    expect(card.features.map(({ name, kind, nullable }) => `${name} ${kind} ${nullable}`)).toEqual([
      'length number false',
      'colour category true',
      'ripe boolean false',
      'picked date true',
    ]);
    expect(card.metrics.accuracy).toBe(1);
  });

  it('is refused for NaN where the sample has a gap', async () => {
    expect(await refusal(foreignModel({ labels: ['a', 'b'] }), `${foreignSample(['a', 'b'])}\n,2,a\n`)).toBe(
      'the model answers NaN to row 31 of the sample: impute gaps in the pipeline, or give a sample without',
    );
  });
});

describe('a model that is mended', () => {
  it.each<[string, Parameters<typeof foreignModel>[0], string[], string]>([
    ['labels 1 and 5', { labels: [1, 5] }, ['1', '5'], 'the model’s own labels'],
    [
      'labels as numbers that the sample writes otherwise',
      { labels: [10, 2] },
      ['10.0', '2.0'],
      'the model’s own labels',
    ],
    ['no labels', { labels: null }, ['a', 'b'], 'sorted classes of the sample'],
    ['ZipMap over texts', { zipMap: true, labels: ['b', 'a'] }, ['b', 'a'], 'the model’s own labels'],
    ['ZipMap over numbers', { zipMap: true, labels: [3, 1] }, ['3', '1'], 'the model’s own labels'],
    ['another output', { extra: true, labels: ['a', 'b'] }, ['a', 'b'], 'the model’s own labels'],
  ])('%s: served with indices of the classes', async (_, foreign, classes, classOrder) => {
    const model = foreignModel(foreign);
    const { card, onnx, answers, actual } = await imported(model, foreignSample(classes));
    expect(card.classes.map(({ name }) => name)).toEqual(classes);
    expect(card.parameters).toMatchObject({ classOrder, importedSha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(card.artifact.bytes).toBe(onnx.length);
    expect(card.metrics.accuracy).toBe(1);
    expect(answers.answered).toEqual(actual);
  });
});

describe('the order of classes that a model does not name', () => {
  const classes = ['low', 'mid', 'top'];
  const model = foreignModel({ width: 3 });

  it('is the sorted classes of the sample, with a note', async () => {
    const { card, notices } = await imported(model, foreignSample(classes));
    expect(card.parameters.classOrder).toBe('sorted classes of the sample');
    expect(notices).toContain(
      'the model does not name its classes: they are taken to be low, mid, top, in this order (--classes gives another)',
    );
  });

  it('is refused where another one fits, and taken as given', async () => {
    const turned = foreignSample(['top', 'low', 'mid']);
    expect(await refusal(model, turned)).toBe(
      'with the sample’s order of classes (low, mid, top) the model is right in 0.0 % of the rows, and by chance in 33.3 %: --classes top,low,mid fits',
    );
    const { card } = await imported(model, turned, { classes: ['top', 'low', 'mid'] });
    expect(card).toMatchObject({ metrics: { accuracy: 1 }, parameters: { classOrder: '--classes' } });
    expect(await refusal(model, foreignSample(classes), { classes: ['top', 'low', 'mid'] })).toMatch(
      /^with --classes top,low,mid the model is right in 0\.0 % of the rows/,
    );
  });

  it('must have the sample’s classes, and be the model’s own where that has one', async () => {
    expect(await refusal(model, foreignSample(classes), { classes: ['low', 'top'] })).toBe(
      '--classes is low, top: must be the classes of the sample, low, mid, top',
    );
    const own = foreignModel({ width: 3, labels: classes });
    expect(await refusal(own, foreignSample(classes), { classes: ['top', 'mid', 'low'] })).toBe(
      '--classes is top, mid, low, but the model’s own order is low, mid, top',
    );
  });
});
