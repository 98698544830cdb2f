import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Datatype, datatypeNames, numericArrays } from './datatype.ts';
import { InferRequestError } from './infer-request-error.ts';
import { readBinaryTensor } from './read-binary-tensor.ts';
import { readJsonTensor } from './read-json-tensor.ts';

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const tensor = fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 8 })).chain(([rows, width]) =>
  fc.record({
    rows: fc.constant(rows),
    width: fc.constant(width),
    values: fc.array(finite, { minLength: rows * width, maxLength: rows * width }),
  }),
);
const nest = (values: number[], width: number) =>
  Array.from({ length: values.length / width }, (_, row) => values.slice(row * width, (row + 1) * width));

describe('tensors', () => {
  it('FP64 comes out as it went in: flat, nested and binary at any alignment', () => {
    fc.assert(
      fc.property(tensor, fc.integer({ min: 0, max: 8 }), ({ rows, width, values }, offset) => {
        const expected = Float64Array.from(values);
        const bytes = new Uint8Array(offset + expected.byteLength);
        bytes.set(new Uint8Array(expected.buffer), offset);
        // JSON writes -0 as 0
        const sent = JSON.parse(JSON.stringify(values));
        expect(readJsonTensor(sent, 'FP64', rows, width, 'inputs[0]')).toEqual(Float64Array.from(sent));
        expect(readJsonTensor(nest(sent, width), 'FP64', rows, width, 'inputs[0]')).toEqual(Float64Array.from(sent));
        expect(readBinaryTensor(bytes.subarray(offset), 'FP64', rows, width, 'inputs[0]')).toEqual(expected);
      }),
      { seed: 3 },
    );
  });

  it('a number means the same in JSON and in binary, whatever its datatype', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...datatypeNames),
        fc.array(fc.integer({ min: 0, max: 127 }), { minLength: 1 }),
        (datatype, values) => {
          const numbers = /^FP/.test(datatype) ? values.map((value) => value + 0.1) : values;
          const bytes = encode(datatype, numbers);
          const rows = values.length;
          expect(readBinaryTensor(bytes, datatype, rows, 1, 'inputs[0]')).toEqual(
            readJsonTensor(numbers, datatype, rows, 1, 'inputs[0]'),
          );
        },
      ),
      { seed: 4 },
    );
  });

  it.each([
    ['UINT8', 255, 256],
    ['UINT8', 0, -1],
    ['INT8', -128, -129],
    ['INT16', 32_767, 32_768],
    ['INT32', -2_147_483_648, 2_147_483_648],
    ['UINT32', 4_294_967_295, 4_294_967_296],
    ['INT64', -(2 ** 63), 2 ** 63],
    ['UINT64', 2 ** 64 - 2048, 2 ** 64],
    ['INT32', 1, 1.5],
    ['FP32', 3.4e38, 3.5e38],
    ['FP16', 65_504, 65_536],
  ] as const)('%s holds %d and not %d', (datatype, held, refused) => {
    expect(() => readJsonTensor([held], datatype, 1, 1, 'inputs[0]')).not.toThrow();
    expect(() => readJsonTensor([refused], datatype, 1, 1, 'inputs[0]')).toThrow(`is not a value of ${datatype}`);
  });

  it.each([
    [undefined],
    ['1,2,3,4'],
    [[]],
    [[1, 2, 3]],
    [[1, 2, 3, 4, 5]],
    [[1, 2, 3, '4']],
    [[1, 2, 3, null]],
    [[1, 2, 3, true]],
    [[1, 2, 3, Number.POSITIVE_INFINITY]],
    [[1, 2, [3, 4]]],
    [[[1, 2], 3, 4]],
    [[[1, 2]]],
    [[[1, 2], [3]]],
    [
      [
        [1, 2],
        [3, [4]],
      ],
    ],
  ])('JSON data %j for [2,2] is refused with 400', (data) => {
    expect(() => readJsonTensor(data, 'FP64', 2, 2, 'inputs[0]')).toThrow(InferRequestError);
    expect(() => readJsonTensor(data, 'FP64', 2, 2, 'inputs[0]')).toThrow(/^inputs\[0\]\.data/);
  });

  it('binary data of the wrong length, NaN and infinity are refused with 400', () => {
    expect(() => readBinaryTensor(new Uint8Array(31), 'FP64', 2, 2, 'inputs[0]')).toThrow(
      'inputs[0] is 31 bytes long: 2 × 2 values of FP64 take 32',
    );
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY])
      for (const datatype of ['FP64', 'FP32', 'FP16'] as const)
        expect(() => readBinaryTensor(encode(datatype, [1, value]), datatype, 1, 2, 'inputs[0]')).toThrow(
          'number 1, is not finite',
        );
  });
});

function encode(datatype: Datatype, values: number[]): Uint8Array {
  const wide = datatype === 'INT64' || datatype === 'UINT64';
  const cells = wide
    ? numericArrays[datatype].from(values.map(BigInt))
    : numericArrays[datatype as 'FP64'].from(values);
  return new Uint8Array(cells.buffer);
}
