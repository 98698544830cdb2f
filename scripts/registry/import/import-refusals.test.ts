import { foreignModel, foreignSample } from '@coppice/testkit/foreign-model';
import { DataError } from '@coppice/trainer/table/data-error';
import { describe, expect, it } from 'vitest';
import { importModel } from './import-model.ts';
import { ImportRefusedError } from './import-refused.ts';

const FLOAT = 1;
const INT64 = 7;
const STRING = 8;

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

describe('what cannot be imported', () => {
  const two = foreignSample(['a', 'b']);
  const own = { labels: ['a', 'b'] };

  it.each<[string, Uint8Array, string, RegExp]>([
    [
      'a file that is no ONNX',
      Buffer.from('PK a pickle'),
      two,
      /^m\.onnx is no ONNX file, or a broken one \(.*\): export it/,
    ],
    ['an empty file', new Uint8Array(), two, /^m\.onnx is no ONNX file, or a broken one \(it has no graph\)/],
    [
      'a file that was cut off',
      foreignModel().subarray(0, -9),
      two,
      /a broken one \(a field is cut off\): export it again/,
    ],
    [
      'weights in another file',
      foreignModel({ external: true }),
      two,
      /keeps the numbers of far in another file: save it as/,
    ],
    [
      'scores',
      foreignModel({ scores: 'Identity', ...own }),
      two,
      /^the model’s scores are no probabilities: probabilities /,
    ],
    [
      'one number for each row',
      foreignModel({ scores: 'One', labels: null }),
      two,
      /as a regression does: it must be a cl/,
    ],
    [
      'labels alone',
      foreignModel({ scores: 'None' }),
      two,
      /^the model has labels alone: convert it with probabilities/,
    ],
    [
      'labels of other classes',
      foreignModel({ labels: ['A', 'b'] }),
      two,
      /^the model’s labels are A, b, and the sample’s classes a, b: write the model’s labels into the sample/,
    ],
    [
      'labels 1 and 2 of other classes',
      foreignModel({ labels: [1, 2] }),
      two,
      /^the model’s labels are 1, 2, and the sample’s/,
    ],
    ['the least probable class', foreignModel({ label: 'ArgMin', labels: [0, 1] }), two, /right in 0\.0 % of the rows/],
    [
      'more classes',
      foreignModel({ width: 3 }),
      foreignSample(['a', 'b'], { extra: '1' }),
      /3 classes, and the sample 2 \(a, b\)/,
    ],
    [
      'another number of columns',
      foreignModel({ width: 3 }),
      two,
      /takes 3 numbers, and sample\.csv has 2 columns of numbers/,
    ],
    [
      'an input that is no column',
      foreignModel({ columns: { x0: FLOAT, age: FLOAT } }),
      two,
      /^the model’s input age is no column of sample\.csv \(x0, x1\): rename the column/,
    ],
    [
      'words for a number',
      foreignModel({ columns: { x0: FLOAT, extra: FLOAT } }),
      foreignSample(['a', 'b'], { extra: 'red' }),
      /^the model’s input extra takes numbers, and the column extra of sample\.csv has words: convert it with StringT/,
    ],
    [
      'fractions for integers',
      foreignModel({ columns: { x0: INT64, x1: FLOAT } }),
      two,
      /takes only integers there: convert/,
    ],
    [
      'one input of integers',
      foreignModel({ elemType: INT64 }),
      two,
      /must be FP64 or FP32 \[-1,2\].*FloatTensorType\(\[None/,
    ],
    ['one input of texts', foreignModel({ elemType: STRING }), two, /X is STRING \[-1,2\]: must be FP64 or FP32/],
    ['an operator of its own', foreignModel({ operator: 'Forest' }), two, /cannot be loaded: .*without custom ones$/],
    ['operators of the future', foreignModel({ opset: 99 }), two, /cannot be loaded: .*target_opset=17\)$/],
    [
      'a column without values',
      foreignModel({ columns: { x0: FLOAT, z: FLOAT } }),
      'x0,z,y\n1,,a\n2,,b\n',
      /no row has a value/,
    ],
    ['one class', foreignModel(), 'x0,x1,y\n1,2,a\n2,3,a\n', /the model has 2 classes, and the sample 1 \(a\)/],
    ['no target', foreignModel(), 'x0,x1,z\n1,2,a\n2,3,a\n', /^sample\.csv, line 1: no column "y"/],
  ])('%s: refused in one line', async (_, model, data, reason) => {
    const message = await refusal(model, data);
    expect(message).toMatch(reason);
    expect(message).not.toContain('\n');
  });

  it('columns that --only or --drop name wrongly', async () => {
    expect(await refusal(foreignModel(), two, { drop: ['age'] })).toBe(
      'sample.csv has no column age beside the target: it has x0, x1',
    );
    const data = foreignSample(['a', 'b'], { extra: 'red' });
    expect(await refusal(foreignModel(own), data, { only: ['x0', 'extra'] })).toMatch(
      /the column extra of .* has words/,
    );
    const three = foreignSample(['a', 'b'], { extra: '1' });
    expect(await refusal(foreignModel(own), three)).toMatch(/takes 2 numbers, and sample\.csv has 3 .*--only/);
    expect((await imported(foreignModel(own), three, { drop: ['extra'] })).card.features).toHaveLength(2);
    const turned = await imported(foreignModel({ labels: ['b', 'a'] }), three, { only: ['x1', 'x0'] });
    expect(turned.card.features.map(({ name }) => name)).toEqual(['x1', 'x0']);
    expect([turned.card.metrics.accuracy, turned.notices[0]]).toEqual([
      1,
      expect.stringMatching(/in the order of --only$/),
    ]);
    expect(await refusal(foreignModel({ columns: { x0: FLOAT, x1: FLOAT } }), two, { drop: ['x0'] })).toMatch(
      /^--only and/,
    );
  });
});
