import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeFixtureModel } from '@coppice/testkit/fixture-model';
import { batchTensor, encodeModel, intAttribute } from '@coppice/trainer/onnx/schema';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadModel } from './load-model.ts';
import { ArtifactError } from './read-artifact.ts';

const FLOAT = 1;
const INT64 = 7;
const dir = mkdtempSync(join(tmpdir(), 'coppice-onnx-'));
let card: ReturnType<typeof writeFixtureModel>;
beforeAll(() => {
  card = writeFixtureModel(dir);
});

/** A classifier of two features that is none of ours: the class is the larger feature, the shares are the features. */
function foreign({ elemType = FLOAT, width = 2, argMax = 'output_label', share = 'output_probability' } = {}) {
  return encodeModel({
    irVersion: 8,
    opsetImport: [{ domain: '', version: 17 }],
    graph: {
      name: 'larger',
      node: [
        {
          opType: 'ArgMax',
          input: ['X'],
          output: [argMax],
          attribute: [intAttribute('axis', 1), intAttribute('keepdims', 0)],
        },
        { opType: 'Identity', input: ['X'], output: [share] },
      ],
      input: [batchTensor('X', elemType, width)],
      output: [batchTensor(argMax, INT64), batchTensor(share, elemType, width)],
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
      input: { name: 'X', datatype: 'FP32', shape: [-1, 2] },
      labelName: 'output_label',
      probabilityName: 'output_probability',
    });
    const [share, label] = await model.infer(Float64Array.of(3, 1, 1, 2), 2, ['output_probability', 'output_label']);
    expect(label?.data).toEqual(BigInt64Array.of(0n, 1n));
    expect(share?.data).toEqual(Float32Array.of(3, 1, 1, 2));
  });

  it.each<[string, () => Uint8Array, RegExp]>([
    ['what is no ONNX file', () => Buffer.from('not a model'), /^the ONNX file cannot be loaded: \S/],
    ['an empty file', () => new Uint8Array(), /^the ONNX file cannot be loaded: \S/],
    ['another number of features', () => foreign({ width: 3 }), /^the ONNX input X is FP32 \[-1,3\]/],
    ['an integer input', () => foreign({ elemType: INT64 }), /^the ONNX input X is INT64 \[-1,2\]/],
  ])('refuses %s in one line', async (_, onnx, message) => {
    const failure = await loadModel(card, onnx()).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ArtifactError);
    expect((failure as Error).message).toMatch(message);
    expect((failure as Error).message).not.toContain('\n');
  });

  it('refuses a model of another number of classes', async () => {
    const three = { ...card, classes: [...card.classes, ...card.classes.slice(0, 1)] };
    await expect(loadModel(three, foreign())).rejects.toThrow(
      'exactly an FP64 or FP32 output [-1,3] with the share of each class; it has output_label INT64 [-1], output_probability FP32 [-1,2]',
    );
  });
});
