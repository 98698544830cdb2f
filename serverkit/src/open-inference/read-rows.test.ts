import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FeatureSpec, rowSchema } from '../rows/row-schema.ts';
import { InferReader } from './infer-request.ts';
import { InferRequestError } from './infer-request-error.ts';

const specs: FeatureSpec[] = [
  { name: 'age', header: 'age (years)', nullable: true, kind: 'number' },
  { name: 'island', nullable: false, kind: 'category', values: ['Biscoe', 'Dream'] },
  { name: 'label', nullable: true, kind: 'boolean' },
  { name: 'since', nullable: true, kind: 'date' },
];
const schema = rowSchema(specs);
const readerOf = (rows = schema, input: string | null = 'features') =>
  new InferReader({ rows, input, outputs: ['label'], maxRows: 1000 });
const reader = readerOf();

type Column = { name: string; datatype: string; values: unknown[] };
const column = (name: string, datatype: string, ...values: unknown[]): Column => ({ name, datatype, values });
const island = column('island', 'BYTES', 'Dream');

const inJson = (columns: Column[], by = reader) =>
  by.read(
    Buffer.from(
      JSON.stringify({
        inputs: columns.map(({ name, datatype, values }) => ({ name, datatype, shape: [values.length], data: values })),
      }),
    ),
    undefined,
  );

function inBinary(columns: Column[], by = reader) {
  const tails = columns.map(bytesOf);
  const inputs = columns.map(({ name, datatype, values }, i) => ({
    ...{ name, datatype, shape: [values.length, 1] },
    parameters: { binary_data_size: tails[i]?.length },
  }));
  const json = Buffer.from(JSON.stringify({ inputs }));
  return by.read(Buffer.concat([json, ...tails]), String(json.length));
}

function bytesOf({ datatype, values }: Column): Buffer {
  if (datatype === 'BOOL') return Buffer.from(values as number[]);
  if (datatype === 'BYTES') return Buffer.concat(values.map((value) => textBytes((value as string | null) ?? '')));
  const Numbers = datatype === 'FP32' ? Float32Array : datatype === 'INT32' ? Int32Array : Float64Array;
  return Buffer.from(new Numbers(values.map((value) => Number(value ?? Number.NaN))).buffer);
}

function textBytes(text: string): Buffer {
  const bytes = Buffer.from(text);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(bytes.length);
  return Buffer.concat([size, bytes]);
}

describe('rows of any kinds of values', () => {
  it('come from one tensor for each column, in any order, in the schema’s order', () => {
    const columns = [
      column('since', 'FP64', 19_813, 19_813.5),
      column('label (feature)', 'BOOL', true, false),
      column('island', 'BYTES', 'Dream', 'elsewhere'),
      column('age (years)', 'INT32', 7, 8),
    ];
    for (const read of [inJson, inBinary])
      expect(read(columns)).toMatchObject({
        rows: 2,
        features: [7, 'Dream', true, '2024-03-31', 8, 'elsewhere', false, '2024-03-31T12:00:00.000Z'],
        missing: [],
      });
    expect(inJson(columns).columns).toBe(schema.names);
  });

  it('have booleans and dates as text too, and categories as numbers', () => {
    const columns = [
      column('island', 'INT32', 3),
      column('label', 'BYTES', 'yes'),
      column('since', 'BYTES', '2024-03-31T12:30Z'),
    ];
    for (const read of [inJson, inBinary])
      expect(read(columns).features).toEqual([null, '3', true, '2024-03-31T12:30Z']);
  });

  it('have the last day until its end', () => {
    const columns = [island, column('label', 'BYTES', 'yes'), column('since', 'FP64', 2_932_896.5)];
    for (const read of [inJson, inBinary])
      expect(read(columns).features).toEqual([null, 'Dream', true, '9999-12-31T12:00:00.000Z']);
  });

  it('miss what is NaN, null, the empty text, or has no tensor', () => {
    const columns = [island, column('label', 'BYTES', ''), column('since', 'FP64', null)];
    for (const read of [inJson, inBinary])
      expect(read(columns)).toMatchObject({
        features: [null, 'Dream', null, null],
        missing: ['age', 'label', 'since'],
      });
  });

  it('come from one tensor of numbers, the first columns alone where the schema allows it', () => {
    const numbers = rowSchema(
      [
        { name: 'a', nullable: false, kind: 'number' },
        { name: 'b', nullable: true, kind: 'boolean' },
        { name: 'c', nullable: true, kind: 'number' },
      ],
      2,
    );
    const read = (shape: number[], data: unknown[], by = readerOf(numbers)) =>
      by.read(
        Buffer.from(JSON.stringify({ inputs: [{ name: 'features', shape, datatype: 'FP64', data }] })),
        undefined,
      );
    expect(read([2, 3], [1, 0, null, 2, 1, 4])).toMatchObject({
      features: [1, false, null, 2, true, 4],
      missing: ['c'],
    });
    expect(read([2, 2], [1, 0, 2, null])).toMatchObject({ features: [1, false, null, 2, null, null] });
    expect(read([2], [1, 0], readerOf(numbers, null)).features).toEqual([1, false, null]);
    expect(() => read([1, 1], [1])).toThrow('inputs[0].shape is [1,1]: must be [n,2] or [n,3]');
    expect(() => read([1, 2], [null, 1])).toThrow('inputs[0], row 0, is missing: must be a finite number (a)');
  });

  it.each<[string, Column[], string]>([
    ['no tensor at all', [], 'inputs hold no island, which must not be missing; the features are age, island, label'],
    ['no tensor for what must not be missing', [column('age', 'FP64', 1)], 'inputs hold no island, which must not be'],
    ['what is no feature', [island, column('colour', 'BYTES', 'red')], 'inputs[1] colour is no feature; the features'],
    ['a feature twice', [island, column('age', 'FP64', 1), column('age (years)', 'FP64', 1)], 'age is sent twice'],
    ['rows of another number', [island, column('age', 'FP64', 1, 2)], 'inputs[1].shape has 2 rows: must have 1 as'],
    ['a missing category', [column('island', 'BYTES', '')], 'inputs[0], row 0, is missing: must be a text of at most'],
    ['a text for a number', [island, column('age', 'BYTES', 'x')], 'row 0, is "x": must be a finite number, or NaN'],
    ['a number for a boolean', [island, column('label', 'FP64', 2)], 'row 0, is "2": must be true or false, or 1 or 0'],
    [
      'a day too far',
      [island, column('since', 'FP64', 1e9)],
      'must be a date such as 2024-03-31 or 2024-03-31T12:30:00Z',
    ],
    ['a word for a date', [island, column('since', 'BYTES', 'soon')], 'is "soon": must be a date such as'],
    ['a boolean for a category', [column('island', 'BOOL', true)], 'is true: must be a text'],
    [
      'an unknown datatype',
      [island, column('age', 'BF16', 1)],
      'inputs[1].datatype BF16 is unknown: must be BYTES, BOOL',
    ],
  ])('are refused with 400: %s', (_, columns, message) => {
    expect(() => inJson(columns)).toThrow(InferRequestError);
    expect(() => inJson(columns)).toThrow(message);
  });

  it.each<[string, Column, string]>([
    ['texts among numbers', column('age', 'FP64', 'x'), 'inputs[1].data[0] is not a finite number'],
    ['numbers among texts', column('label', 'BYTES', 1), 'inputs[1].data[0] is not a text'],
    ['what is no boolean', column('label', 'BOOL', 2), 'inputs[1].data[0] is not a boolean'],
    ['fractions of INT32', column('age', 'INT32', 1.5), 'inputs[1].data: 1.5 (number 0) is not a value of INT32'],
  ])('are refused with 400 in JSON: %s', (_, wrong, message) => {
    expect(() => inJson([island, wrong])).toThrow(message);
  });

  it.each<[string, string, Buffer, string]>([
    [
      'infinity',
      'FP64',
      bytesOf(column('', 'FP64', Number.POSITIVE_INFINITY)),
      'row 0, is "Infinity": must be a finite',
    ],
    ['a wrong size', 'FP64', Buffer.alloc(7), 'inputs[0] is 7 bytes long: 1 × 1 values of FP64 take 8'],
    ['no room for a length', 'BYTES', Buffer.alloc(3), 'inputs[0] is 3 bytes long: 1 texts take at least 4'],
    ['a text beyond the end', 'BYTES', Buffer.from([9, 0, 0, 0, 65]), 'text 0, ends beyond the end of its tensor'],
    ['bytes behind the text', 'BYTES', Buffer.from([0, 0, 0, 0, 65]), 'is 5 bytes long: its 1 texts take 4'],
    ['broken UTF-8', 'BYTES', Buffer.from([1, 0, 0, 0, 0xff]), 'inputs[0], text 0, is not UTF-8'],
    ['a boolean of 2', 'BOOL', Buffer.from([2]), 'inputs[0], boolean 0, is 2: must be 0 or 1'],
    ['two booleans', 'BOOL', Buffer.from([1, 0]), 'inputs[0] is 2 bytes long: 1 values of BOOL take 1'],
  ])('are refused with 400 in binary: %s', (_, datatype, tail, message) => {
    const input = { name: 'age', datatype, shape: [1], parameters: { binary_data_size: tail.length } };
    const json = Buffer.from(JSON.stringify({ inputs: [input] }));
    const lone = readerOf(rowSchema(specs.slice(0, 1)));
    expect(() => lone.read(Buffer.concat([json, tail]), String(json.length))).toThrow(InferRequestError);
    expect(() => lone.read(Buffer.concat([json, tail]), String(json.length))).toThrow(message);
  });

  it('read the same from JSON and from binary tensors', () => {
    const gap = { freq: 4, nil: null };
    const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
    const row = fc.record({
      age: fc.option(number, gap),
      // a lone surrogate is no UTF-8
      island: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }),
      label: fc.option(fc.constantFrom(0, 1), gap),
      since: fc.option(fc.integer({ min: -700_000, max: 2_000_000 }), gap),
    });
    const datatypes = { age: 'FP64', island: 'BYTES', label: 'FP32', since: 'FP64' };
    const order = fc.shuffledSubarray(['age', 'island', 'label', 'since'] as const, { minLength: 1 });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 20 }), order, (rows, names) => {
        const chosen = names.includes('island') ? names : (['island', ...names] as const);
        const columns = chosen.map((name) => column(name, datatypes[name], ...rows.map((row) => row[name])));
        const read = inJson(columns);
        expect(inBinary(columns)).toEqual(read);
        expect(read.features.filter((_, i) => i % 4 === 1)).toEqual(rows.map(({ island }) => island));
        const gaps = specs.filter(
          ({ name }, i) =>
            !chosen.includes(name as 'age') || read.features.some((value, at) => at % 4 === i && value === null),
        );
        expect(read.missing).toEqual(gaps.map(({ name }) => name));
      }),
      { seed: 5 },
    );
  });
});

it('reads [n] as a column where rows may have one value or more', () => {
  const feature = (name: string): FeatureSpec => ({ name, nullable: name !== 'a', kind: 'number' });
  const wider = readerOf(rowSchema([feature('a'), feature('b'), feature('c')], 1), null);
  const read = wider.read(
    Buffer.from('{"inputs":[{"name":"rows","datatype":"FP64","shape":[2],"data":[1,2]}]}'),
    undefined,
  );
  expect(read.rows).toBe(2);
  expect([...read.features]).toEqual([1, null, null, 2, null, null]);
});
