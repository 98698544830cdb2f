import { describe, expect, it } from 'vitest';
import { decodeInfer } from './decode-infer.ts';
import type { Signature } from './signature.ts';

const json: Signature = {
  inputs: [{ name: 'features', datatype: 'FP64', column: null }],
  ...{ features: 2, classes: 2, binary: false },
  ...{ label: 'label', probability: 'probability', ask: ['label', 'probability'] },
  ...{ classNames: null, labelsAreNames: false, decision: 'argmax' },
};
const binary: Signature = { ...json, binary: true };
const answer = (outputs: unknown[]) => Buffer.from(JSON.stringify({ outputs }));

describe('an infer answer', () => {
  it('is read from JSON, nested or flat', () => {
    const body = answer([
      {
        name: 'probability',
        datatype: 'FP64',
        shape: [2, 2],
        data: [
          [0.75, 0.25],
          [0, 1],
        ],
      },
      { name: 'label', datatype: 'INT64', shape: [2], data: [0, 1] },
    ]);
    const { labels, probabilities } = decodeInfer(body, undefined, 2, json);
    expect(Array.from(labels)).toEqual([0, 1]);
    expect(Array.from(probabilities ?? [])).toEqual([0.75, 0.25, 0, 1]);
  });

  it('is read from binary tensors, wherever they begin', () => {
    const header = Buffer.from(
      JSON.stringify({
        outputs: [
          { name: 'other', datatype: 'INT32', shape: [1], parameters: { binary_data_size: 4 } },
          { name: 'label', datatype: 'INT64', shape: [1], parameters: { binary_data_size: 8 } },
          { name: 'probability', datatype: 'FP64', shape: [1, 2], parameters: { binary_data_size: 16 } },
        ],
      }),
    );
    const tail = Buffer.alloc(28);
    tail.writeBigInt64LE(1n, 4);
    tail.writeDoubleLE(0.125, 12);
    tail.writeDoubleLE(0.875, 20);
    const { labels, probabilities } = decodeInfer(Buffer.concat([header, tail]), String(header.length), 1, binary);
    expect(Array.from(labels)).toEqual([1]);
    expect(Array.from(probabilities ?? [])).toEqual([0.125, 0.875]);
  });

  it('without probabilities has none, without labels takes the likeliest class', () => {
    const labels = answer([{ name: 'label', datatype: 'INT64', shape: [1], data: [1] }]);
    expect(decodeInfer(labels, undefined, 1, { ...json, probability: null }).probabilities).toBe(null);
    const shares = answer([{ name: 'probability', datatype: 'FP64', shape: [1, 2], data: [0.25, 0.75] }]);
    expect(decodeInfer(shares, undefined, 1, { ...json, label: null }).labels).toEqual([1]);
  });

  it('of a server that named no outputs is read by data types', () => {
    const body = answer([{ name: 'predict', datatype: 'INT64', shape: [1, 1], data: [1] }]);
    const { labels, probabilities } = decodeInfer(body, undefined, 1, { ...json, label: null, probability: null });
    expect([Array.from(labels), probabilities]).toEqual([[1], null]);
  });

  it.each([
    ['text', 'BYTES', ['cat', 'dog'], ['dog', 'cat']],
    ['numbers', 'INT64', ['1', '2'], [2, 1]],
  ])('with labels that are the classes as %s is matched by these', (_, datatype, classNames, data) => {
    const named = { ...json, classNames, labelsAreNames: datatype !== 'BYTES', probability: null };
    const body = answer([{ name: 'label', datatype, shape: [2], data }]);
    expect(Array.from(decodeInfer(body, undefined, 2, named).labels)).toEqual([1, 0]);
    const other = answer([{ name: 'label', datatype, shape: [1], data: [7] }]);
    expect(() => decodeInfer(other, undefined, 1, named)).toThrow('the label 7 of row 0 is none of the classes');
    expect(() => decodeInfer(body, undefined, 2, { ...named, classNames: null })).toThrow("no version's model card");
  });

  it('with text labels in a binary tensor is matched, too', () => {
    const header = Buffer.from(
      JSON.stringify({
        outputs: [{ name: 'label', datatype: 'BYTES', shape: [2], parameters: { binary_data_size: 14 } }],
      }),
    );
    const tail = Buffer.from('\x03\0\0\0dog\x03\0\0\0cat', 'latin1');
    const signature = { ...binary, classNames: ['cat', 'dog'], probability: null };
    const read = (body: Buffer) => decodeInfer(body, String(header.length), 2, signature);
    expect(Array.from(read(Buffer.concat([header, tail])).labels)).toEqual([1, 0]);
    tail.writeUInt32LE(99, 7);
    expect(() => read(Buffer.concat([header, tail]))).toThrow('a text ends beyond the end of its tensor');
  });

  const good = { name: 'probability', datatype: 'FP64', shape: [1, 2], data: [1, 0] };
  it.each([
    ['not JSON', Buffer.from('<html>')],
    ['no outputs', Buffer.from('{}')],
    ['null', Buffer.from('null')],
    ['an empty body', Buffer.alloc(0)],
    ['too many labels', answer([good, { name: 'label', datatype: 'INT64', data: [0, 1] }])],
    ['a label beyond the classes', answer([good, { name: 'label', data: [2] }])],
    ['a negative label', answer([good, { name: 'label', data: [-1] }])],
    ['a label that is a word', answer([good, { name: 'label', data: ['setosa'] }])],
    [
      'too few probabilities',
      answer([
        { ...good, data: [1] },
        { name: 'label', data: [0] },
      ]),
    ],
    [
      'probabilities that are not numbers',
      answer([
        { ...good, data: [null, 1] },
        { name: 'label', data: [0] },
      ]),
    ],
    ['a tensor beyond the body', answer([{ ...good, parameters: { binary_data_size: 16 } }])],
    ['none of the outputs', answer([{ name: 'else', data: [0] }])],
  ])('with %s is refused', (_, body) => {
    expect(() => decodeInfer(body, undefined, 1, json)).toThrow();
  });

  it.each(['-1', 'x', '9999'])('with the header length %s is refused', (length) => {
    expect(() => decodeInfer(answer([good]), length, 1, json)).toThrow();
  });
});
