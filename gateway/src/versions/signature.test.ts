import { describe, expect, it } from 'vitest';
import { type Known, readSignature } from './signature.ts';

const input = { name: 'features', datatype: 'FP64', shape: [-1, 4] };
const label = { name: 'label', datatype: 'INT64', shape: [-1] };
const probability = { name: 'probability', datatype: 'FP64', shape: [-1, 3] };
const known: Known = {
  features: 4,
  classes: 3,
  featureNames: null,
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

  it('takes one input per feature by the features’ names', () => {
    const inputs = ['b', 'a'].map((name) => ({ name, datatype: 'FP64', shape: [-1, 1] }));
    const names = { ...known, features: 2, featureNames: ['a', 'b'] };
    expect(readSignature({}, { inputs }, names)).toMatchObject({
      features: 2,
      inputs: [
        { name: 'b', column: 1 },
        { name: 'a', column: 0 },
      ],
    });
    expect(readSignature({}, { inputs }, { ...names, featureNames: null }).inputs.map(({ column }) => column)).toEqual([
      0, 1,
    ]);
    expect(() => readSignature({}, { inputs }, { ...names, featureNames: ['a', 'c'] })).toThrow(
      'its inputs (b, a) are not the features (a, c)',
    );
  });

  it('refuses a server of unknown sizes, and inputs that are not floats', () => {
    expect(() => readSignature({}, {}, null)).toThrow('lacks the number of features or classes');
    const bytes = { ...input, datatype: 'BYTES' };
    expect(() => readSignature({}, { inputs: [bytes], outputs: [probability] }, null)).toThrow('data type BYTES');
  });
});
