import type { ModelCard } from '@coppice/contract';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { bindInputs } from './bind-inputs.ts';
import { ArtifactError } from './read-artifact.ts';

const feature = (name: string, kind: string, more: object = {}) =>
  ({ name, kind, ...more }) as unknown as ModelCard['features'][number];
const features = [
  feature('age', 'number', { header: 'age (years)' }),
  feature('island', 'category'),
  feature('label', 'boolean'),
  feature('since', 'date'),
];
const numbers = [feature('a', 'number'), feature('b', 'date')];

const input = (name: string, type: Tensor.Type, ...shape: (number | string)[]): InferenceSession.ValueMetadata => ({
  ...{ name, type, isTensor: true },
  shape: shape.length === 0 ? ['N', 1] : shape,
});
const own = [
  input('since', 'int64', 'N'),
  input('label (feature)', 'bool'),
  input('island', 'string'),
  input('age (years)', 'float32'),
];

describe('the inputs of an ONNX file', () => {
  it('are the features of the card by name, in any order, and announced as FP64, FP32 and BYTES', () => {
    expect(bindInputs(own, { features })).toEqual({
      bindings: [
        { name: 'since', type: 'int64', column: 3, rank: 1 },
        { name: 'label (feature)', type: 'bool', column: 2, rank: 2 },
        { name: 'island', type: 'string', column: 1, rank: 2 },
        { name: 'age (years)', type: 'float32', column: 0, rank: 2 },
      ],
      inputs: [
        { name: 'since', datatype: 'FP64', shape: [-1] },
        { name: 'label (feature)', datatype: 'FP64', shape: [-1, 1] },
        { name: 'island', datatype: 'BYTES', shape: [-1, 1] },
        { name: 'age (years)', datatype: 'FP32', shape: [-1, 1] },
      ],
    });
  });

  it('are one for all features under any name, unless one is a category', () => {
    expect(bindInputs([input('X', 'float32', 'N', 2)], { features: numbers })).toEqual({
      bindings: [{ name: 'X', type: 'float32', column: null, rank: 2 }],
      inputs: [{ name: 'X', datatype: 'FP32', shape: [-1, 2] }],
    });
  });

  it('are one for the only feature, whatever it is', () => {
    const lone = (kind: string, of: InferenceSession.ValueMetadata) =>
      bindInputs([of], { features: [feature('age', kind)] }).bindings[0];
    expect(lone('number', input('X', 'float64'))).toEqual({ name: 'X', type: 'float64', column: null, rank: 2 });
    expect(lone('category', input('age', 'string', 'N'))).toEqual({ name: 'age', type: 'string', column: 0, rank: 1 });
    expect(lone('category', input('age', 'string'))).toMatchObject({ column: 0, rank: 2 });
  });

  it.each<[string, InferenceSession.ValueMetadata[], string]>([
    ['no input', [], 'the ONNX file has no input for age of model-card.json: remove the feature from the card, or'],
    ['none for a feature', own.slice(1), 'the ONNX file has no input for since of model-card.json: remove the feature'],
    [
      'one for no feature',
      [...own, input('sex', 'string')],
      'the ONNX input sex is no feature of model-card.json (age, island, label, since): describe the column there, or',
    ],
    [
      'two for a feature',
      [...own, input('age', 'float64')],
      'the ONNX inputs age (years) and age are both age of model-card.json: rename one',
    ],
    [
      'text for a number',
      [input('age', 'string'), ...own.slice(0, 3)],
      'the ONNX input age is STRING [-1,1]: age is a number in model-card.json, whose input must be FP64, FP32, INT64: make it a category in the card, or convert it with DoubleTensorType',
    ],
    [
      'numbers for a category',
      [input('island', 'int64')],
      'island is a category in model-card.json, whose input must be STRING: make it a number in the card, or train on text',
    ],
    ['bytes for a date', [input('since', 'uint8')], 'the ONNX input since is uint8 [-1,1]: since is a date in'],
    [
      'several values in a row',
      [input('age', 'float64', 'N', 3), input('island', 'string')],
      'age is FP64 [-1,3]: must',
    ],
    [
      'a fixed number of rows',
      [input('age', 'float64', 1, 1), input('island', 'string')],
      'age is FP64 [1,1]: must be',
    ],
    [
      'one tensor of numbers, and a category',
      [input('X', 'float32', 'N', 4)],
      'the ONNX input X is FP32 [-1,4] and has no form for island, a category of model-card.json: convert with one input for each column (StringTensorType for text)',
    ],
    [
      'one tensor of another width',
      [input('X', 'float32', 'N', 9)],
      'the ONNX input X is FP32 [-1,9]: must be FP64 or FP32 [-1,4], or one input [-1,1] for each feature of model-card.json, under its name (age, island, label, since)',
    ],
    ['what is no tensor', [{ name: 'X', isTensor: false }], 'the ONNX input X is not a tensor'],
  ])('are refused with the remedy in one line: %s', (_, inputs, message) => {
    expect(() => bindInputs(inputs, { features })).toThrow(ArtifactError);
    expect(() => bindInputs(inputs, { features })).toThrow(message);
  });
});
