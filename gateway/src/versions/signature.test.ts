import type { FeatureSpec } from '@coppice/serverkit';
import { describe, expect, it } from 'vitest';
import { type Known, readSignature } from './signature.ts';

const input = { name: 'features', datatype: 'FP64', shape: [-1, 4] };
const label = { name: 'label', datatype: 'INT64', shape: [-1] };
const probability = { name: 'probability', datatype: 'FP64', shape: [-1, 3] };
const known: Known = {
  features: 4,
  classes: 3,
  specs: null,
  classNames: null,
  ownCard: false,
  decision: 'argmax',
};

describe('the request format of a server', () => {
  it('is read from its metadata', () => {
    const server = { extensions: ['binary_tensor_data'] };
    expect(readSignature(server, { inputs: [input], outputs: [label, probability] }, null)).toEqual({
      inputs: [{ name: 'features', datatype: 'FP64', column: null }],
      ...{ features: 4, classes: 3, binary: true },
      ...{ label: 'label', probability: 'probability', ask: ['label', 'probability'] },
      ...{ classNames: null, labelsAreNames: false, decision: 'argmax' },
    });
  });

  it('knows the names that scikit-learn servers and converters use', () => {
    const outputs = [
      { ...probability, name: 'predict_proba' },
      { ...label, name: 'predict' },
    ];
    expect(readSignature({}, { inputs: [input], outputs }, null)).toMatchObject({
      ...{ label: 'predict', probability: 'predict_proba', binary: false },
    });
  });

  it('takes what the metadata leaves out from the other versions', () => {
    expect(readSignature({}, {}, { ...known, classNames: ['a', 'b', 'c'] })).toMatchObject({
      inputs: [{ name: 'features', datatype: 'FP64', column: null }],
      features: 4,
      classes: 3,
    });
  });

  it.each([
    [['a', 'b'], false, false],
    [['0', '1'], false, false],
    [['1', '2'], false, true],
    [['1', '2'], true, false],
    [['1', 'b'], false, false],
  ])(
    'with classes %j takes labels for these, not for indices, when they are such numbers (own card: %s): %s',
    (classNames, ownCard, expected) => {
      expect(readSignature({}, {}, { ...known, classNames, ownCard }).labelsAreNames).toBe(expected);
    },
  );

  it('takes one input per feature by the names, headers or positions of the features', () => {
    const specs: FeatureSpec[] = [
      { name: 'a', nullable: false, kind: 'number' },
      { name: 'b', header: 'b (cm)', nullable: true, kind: 'date' },
      { name: 'label', nullable: true, kind: 'category', values: [] },
    ];
    const input = (name: string, datatype = 'FP64') => ({ name, datatype, shape: [-1, 1] });
    const inputs = [input('b (cm)', 'FP32'), input('label (feature)', 'BYTES'), input('a')];
    const own = { ...known, features: 3, specs, ownCard: true };
    expect(readSignature({}, { inputs }, own)).toMatchObject({
      features: 3,
      inputs: [
        { name: 'b (cm)', datatype: 'FP32', column: 1 },
        { name: 'label (feature)', datatype: 'BYTES', column: 2 },
        { name: 'a', datatype: 'FP64', column: 0 },
      ],
    });
    const others = readSignature({}, { inputs }, { ...own, ownCard: false });
    expect(others.inputs.map(({ column }) => column)).toEqual([0, 1, 2]);
    expect(() => readSignature({}, { inputs: [input('a'), input('b'), input('c')] }, own)).toThrow(
      'its inputs (a, b, c) are not the features (a, b, label)',
    );
    expect(() => readSignature({}, { inputs: [input('a'), input('b'), input('label')] }, own)).toThrow(
      'its input label has data type FP64, and its feature label is a category',
    );
    expect(() => readSignature({}, { inputs: [{ ...input('x'), shape: [-1, 3] }] }, own)).toThrow(
      'its one input takes numbers, and its feature label is a category',
    );
  });

  it('refuses a server of unknown sizes, and inputs of other types', () => {
    expect(() => readSignature({}, {}, null)).toThrow('lacks the number of features or classes');
    const integers = { ...input, datatype: 'INT64' };
    expect(() => readSignature({}, { inputs: [integers], outputs: [probability] }, null)).toThrow(
      'data type INT64: must be FP64, FP32 or BYTES',
    );
    const texts = { ...input, datatype: 'BYTES' };
    expect(() => readSignature({}, { inputs: [texts], outputs: [probability] }, null)).toThrow('several columns');
  });
});
