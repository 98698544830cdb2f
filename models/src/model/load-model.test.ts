import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PredictionFault } from '@coppice/serverkit/open-inference';
import { writeFixtureModel } from '@coppice/testkit/fixture-model';
import { batchTensor, encodeModel, intAttribute, intsAttribute, stringsAttribute } from '@coppice/trainer/onnx/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadModel } from './load-model.ts';
import { ArtifactError } from './read-artifact.ts';

const FLOAT = 1;
const INT64 = 7;
const STRING = 8;
const dir = mkdtempSync(join(tmpdir(), 'coppice-onnx-'));
afterAll(() => rmSync(dir, { recursive: true }));
let card: ReturnType<typeof writeFixtureModel>;
beforeAll(() => {
  card = writeFixtureModel(dir);
});

type Foreign = {
  elemType?: number;
  width?: number;
  argMax?: string;
  share?: string;
  /** `Softmax` gives probabilities, `Identity` the features themselves: scores. */
  shares?: 'Softmax' | 'Identity';
  /** `ArgMin` gives the class that is not the most probable. */
  label?: 'ArgMax' | 'ArgMin';
  /** Labels are these texts instead of class indices. */
  names?: string[];
};

/** A foreign classifier of two features: the class is the larger feature, the probabilities their softmax. */
function foreign({
  elemType = FLOAT,
  width = 2,
  argMax = 'output_label',
  share = 'output_probability',
  shares = 'Softmax',
  label = 'ArgMax',
  names,
}: Foreign = {}) {
  return encodeModel({
    irVersion: 8,
    opsetImport: [
      { domain: '', version: 17 },
      { domain: 'ai.onnx.ml', version: 2 },
    ],
    graph: {
      name: 'larger',
      node: [
        {
          opType: label,
          input: ['X'],
          output: [names ? 'index' : argMax],
          attribute: [intAttribute('axis', 1), intAttribute('keepdims', 0)],
        },
        ...(names
          ? [
              {
                opType: 'LabelEncoder',
                domain: 'ai.onnx.ml',
                input: ['index'],
                output: [argMax],
                attribute: [
                  intsAttribute(
                    'keys_int64s',
                    names.map((_, i) => i),
                  ),
                  stringsAttribute('values_strings', names),
                ],
              },
            ]
          : []),
        { opType: shares, input: ['X'], output: [share] },
      ],
      input: [batchTensor('X', elemType, width)],
      output: [batchTensor(argMax, names ? STRING : INT64), batchTensor(share, elemType, width)],
    },
  });
}

/** The same classifier with an input for each feature: `b` INT64 and first, `a` FP32. */
function foreignColumns() {
  const to = intAttribute('to', FLOAT);
  return encodeModel({
    irVersion: 8,
    opsetImport: [{ domain: '', version: 17 }],
    graph: {
      name: 'larger',
      node: [
        { opType: 'Cast', input: ['x1'], output: ['x1 float'], attribute: [to] },
        { opType: 'Concat', input: ['x0', 'x1 float'], output: ['X'], attribute: [intAttribute('axis', 1)] },
        {
          opType: 'ArgMax',
          input: ['X'],
          output: ['output_label'],
          attribute: [intAttribute('axis', 1), intAttribute('keepdims', 0)],
        },
        { opType: 'Softmax', input: ['X'], output: ['output_probability'] },
      ],
      input: [batchTensor('x1', INT64, 1), batchTensor('x0', FLOAT, 1)],
      output: [batchTensor('output_label', INT64), batchTensor('output_probability', FLOAT, 2)],
    },
  });
}

describe('loadModel', () => {
  it('serves the trainer’s own ONNX', async () => {
    const model = await loadModel(card, readFileSync(join(dir, 'model.onnx')));
    const [label, share] = await model.infer(Float64Array.of(0, 9, 1, 9), 2, ['label', 'probability']);
    expect([...(label?.data ?? [])]).toEqual([0n, 1n]);
    expect(share).toEqual({ name: 'probability', datatype: 'FP64', shape: [2, 2], data: Float64Array.of(1, 0, 0, 1) });
  });

  it('serves a foreign FP32 classifier under its own tensor names', async () => {
    const model = await loadModel(card, foreign());
    expect(model).toMatchObject({
      inputs: [{ name: 'X', datatype: 'FP32', shape: [-1, 2] }],
      labelName: 'output_label',
      probabilityName: 'output_probability',
    });
    const [share, label] = await model.infer(Float64Array.of(9, 1, 1, 9), 2, ['output_probability', 'output_label']);
    expect(label?.data).toEqual(BigInt64Array.of(0n, 1n));
    expect(Array.from((share?.data ?? []) as ArrayLike<number>, Math.round)).toEqual([1, 0, 0, 1]);
  });

  it('serves a foreign classifier with an input for each feature, in any order', async () => {
    const rows = card.rows.map(({ class: label }) => ({ class: label, features: [label, 0] }));
    const model = await loadModel({ ...card, rows }, foreignColumns());
    expect(model.inputs).toEqual([
      { name: 'x1', datatype: 'FP64', shape: [-1, 1] },
      { name: 'x0', datatype: 'FP32', shape: [-1, 1] },
    ]);
    for (const features of [Float64Array.of(0.5, 1, 2.5, 1), [0.5, 1, 2.5, 1]]) {
      const [label] = await model.infer(features, 2, ['output_label']);
      expect(label?.data).toEqual(BigInt64Array.of(1n, 0n));
    }
    await expect(model.infer(Float64Array.of(1, 0.5), 1, ['output_label'])).rejects.toThrow(
      expect.objectContaining({ status: 400, message: 'x1 is 0.5 in row 0: this model takes only integers there' }),
    );
  });

  it('refuses a card whose rows an input has no form for', async () => {
    const failure = await loadModel(card, foreignColumns()).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ArtifactError);
    expect((failure as Error).message).toMatch(
      /^the ONNX file does not run: x1 is [\d.]+ in row \d+: this model takes only integers there$/,
    );
  });

  it('serves labels that are texts as the classes of these names', async () => {
    const model = await loadModel(card, foreign({ names: ['a', 'b'] }));
    expect(model.outputs[0]).toEqual({ name: 'output_label', datatype: 'INT64', shape: [-1] });
    const [label] = await model.infer(Float64Array.of(3, 1, 1, 2), 2, ['output_label']);
    expect(label).toEqual({ name: 'output_label', datatype: 'INT64', shape: [2], data: BigInt64Array.of(0n, 1n) });
  });

  it('serves a label that is not the most probable class, if the card declares a threshold', async () => {
    const model = await loadModel({ ...card, decision: 'threshold' }, foreign({ label: 'ArgMin' }));
    const [label] = await model.infer(Float64Array.of(3, 1), 1, [model.labelName, model.probabilityName]);
    expect(label?.data).toEqual(BigInt64Array.of(1n));
  });

  it('refuses an answer that is no prediction, though the card’s rows had none such', async () => {
    const binary = { ...card, rows: [{ features: [0.25, 0.75], class: 1 }] };
    const model = await loadModel(binary, foreign({ shares: 'Identity' }));
    const both = [model.labelName, model.probabilityName];
    await expect(model.infer(Float64Array.of(0.25, 0.75), 1, both)).resolves.toHaveLength(2);
    await expect(model.infer(Float64Array.of(0.25, 0.75, 3, 1), 2, both)).rejects.toThrow(
      new PredictionFault('row 1 has probability 3 of class a: must be from 0 to 1'),
    );
  });

  it.each<[string, () => Uint8Array, RegExp]>([
    ['a file that is not ONNX', () => Buffer.from('not a model'), /^the ONNX file cannot be loaded: \S/],
    ['an empty file', () => new Uint8Array(), /^the ONNX file cannot be loaded: \S/],
    ['another number of features', () => foreign({ width: 3 }), /^the ONNX input X is FP32 \[-1,3\]/],
    ['an integer input', () => foreign({ elemType: INT64, shares: 'Identity' }), /^the ONNX input X is INT64 \[-1,2\]/],
    [
      'scores instead of probabilities',
      () => foreign({ shares: 'Identity' }),
      /^the ONNX file’s answers to the rows of model-card\.json are not predictions: row \d+ has /,
    ],
    [
      'a label that is not the most probable class',
      () => foreign({ label: 'ArgMin' }),
      /row \d+ has label \d \([ab]\), but class [ab] has the largest probability/,
    ],
    [
      'labels that are no classes',
      () => foreign({ names: ['A', 'b'] }),
      /are not predictions: label "A", which is no class of model-card\.json: must be one of a, b$/,
    ],
  ])('refuses %s in one line', async (_, onnx, message) => {
    const failure = await loadModel(card, onnx()).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ArtifactError);
    expect((failure as Error).message).toMatch(message);
    expect((failure as Error).message).not.toContain('\n');
  });

  it('refuses a card whose rows have another number of features', async () => {
    const rows = [...card.rows, { features: [1, 2, 3], class: 0 }];
    await expect(loadModel({ ...card, rows }, foreign())).rejects.toThrow(
      `model-card.json: rows.${card.rows.length}.features has 3 values: must have 2`,
    );
  });

  it('refuses a model of another number of classes', async () => {
    const three = { ...card, classes: [...card.classes, ...card.classes.slice(0, 1)] };
    await expect(loadModel(three, foreign())).rejects.toThrow(
      'exactly an FP64 or FP32 output [-1,3] with the share of each class; it has output_label INT64 [-1], output_probability FP32 [-1,2]',
    );
  });
});
