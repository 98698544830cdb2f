import type { FeatureValue } from '@coppice/contract';
import { type FeatureSpec, numbersNamed, type RowSchema, rowSchema } from '@coppice/serverkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ColumnMap } from './column-map.ts';
import { encodeInfer } from './encode-infer.ts';
import type { RowsToInfer } from './infer-job.ts';
import type { Signature } from './signature.ts';

const json: Signature = {
  inputs: [{ name: 'features', datatype: 'FP64', column: null }],
  ...{ features: 2, classes: 2, binary: false },
  ...{ label: 'label', probability: 'probability', ask: ['label', 'probability'] },
  ...{ classNames: null, labelsAreNames: false, decision: 'argmax' },
};
const binary: Signature = { ...json, binary: true };
const numbers = numbersNamed(['x', 'y']);
const mapOf = (own: RowSchema, schema = own) => new ColumnMap({ own: () => own, schema: () => schema });
const job = (...features: number[]): RowsToInfer => ({ columns: numbers.names, features, rows: features.length / 2 });
const encode = (jobs: RowsToInfer[], rows: number, signature: Signature, own = numbers) =>
  encodeInfer(jobs, rows, signature, mapOf(own));
const tailOf = ({ headers, body }: ReturnType<typeof encodeInfer>) =>
  (body as Buffer).subarray(Number(headers['inference-header-content-length']));

describe('an infer request', () => {
  it('in JSON holds the rows of all jobs, flat', () => {
    const { headers, body } = encode([job(1, 2), job(3, 4, 5, 6)], 3, json);
    expect(headers['content-type']).toBe('application/json');
    expect(JSON.parse(body as string)).toEqual({
      inputs: [{ name: 'features', shape: [3, 2], datatype: 'FP64', data: [1, 2, 3, 4, 5, 6] }],
      outputs: [{ name: 'label' }, { name: 'probability' }],
    });
  });

  it.each(['FP64', 'FP32'] as const)('in binary has the rows as %s after its JSON', (datatype) => {
    const inputs = [{ name: 'features', datatype, column: null }];
    const { headers, body } = encode([job(0.5, -2), job(3, 4)], 2, { ...binary, inputs });
    const bytes = body as Buffer;
    const length = Number(headers['inference-header-content-length']);
    const size = datatype === 'FP64' ? 8 : 4;
    expect(JSON.parse(bytes.toString('utf8', 0, length)).inputs).toEqual([
      { name: 'features', shape: [2, 2], datatype, parameters: { binary_data_size: 4 * size } },
    ]);
    const read = (i: number) => (size === 8 ? bytes.readDoubleLE(length + i * 8) : bytes.readFloatLE(length + i * 4));
    expect([0, 1, 2, 3].map(read)).toEqual([0.5, -2, 3, 4]);
    expect(bytes.length).toBe(length + 4 * size);
  });
});

describe('an infer request to a server with one input per feature', () => {
  const inputs: Signature['inputs'] = [
    { name: 'b', datatype: 'FP32', column: 1 },
    { name: 'a', datatype: 'FP64', column: 0 },
  ];
  const jobs = [job(1, 2), job(3, 4, 5, 6)];

  it('has a tensor for each in JSON', () => {
    const { body } = encode(jobs, 3, { ...json, inputs, ask: [] });
    expect(JSON.parse(body as string)).toEqual({
      inputs: [
        { name: 'b', shape: [3, 1], datatype: 'FP32', data: [2, 4, 6] },
        { name: 'a', shape: [3, 1], datatype: 'FP64', data: [1, 3, 5] },
      ],
    });
  });

  it('has them one after the other in binary', () => {
    const tail = tailOf(encode(jobs, 3, { ...binary, inputs }));
    expect([0, 4, 8].map((at) => tail.readFloatLE(at))).toEqual([2, 4, 6]);
    expect([12, 20, 28].map((at) => tail.readDoubleLE(at))).toEqual([1, 3, 5]);
    expect(tail.length).toBe(36);
  });
});

describe('an infer request to a version of mixed features', () => {
  const specs: FeatureSpec[] = [
    { name: 'age', nullable: true, kind: 'number' },
    { name: 'plan', nullable: true, kind: 'category', values: ['basic', 'größer'] },
    { name: 'paid', nullable: true, kind: 'boolean' },
    { name: 'since', nullable: true, kind: 'date' },
  ];
  const own = rowSchema(specs);
  const inputs: Signature['inputs'] = specs.map(({ name, kind }, column) => ({
    ...{ name, column },
    datatype: kind === 'category' ? 'BYTES' : 'FP64',
  }));
  const mixed = { ...json, inputs, features: 4, ask: [] };
  // of two shapes of the fleet: one without `since`, one in another order
  const jobs: RowsToInfer[] = [
    { columns: ['plan', 'age', 'paid'], features: ['größer', 1.5, true], rows: 1 },
    {
      columns: ['since', 'paid', 'extra', 'plan', 'age'],
      features: ['1970-01-02', false, 'x', null, null, null, null, 'x', 'basic', -2],
      rows: 2,
    },
  ];

  it('has each column in the version’s own order, whatever order the rows of a batch are in', () => {
    const { body } = encode(jobs, 3, mixed, own);
    expect(JSON.parse(body as string).inputs).toEqual([
      { name: 'age', shape: [3, 1], datatype: 'FP64', data: [1.5, null, -2] },
      { name: 'plan', shape: [3, 1], datatype: 'BYTES', data: ['größer', '', 'basic'] },
      { name: 'paid', shape: [3, 1], datatype: 'FP64', data: [1, 0, null] },
      { name: 'since', shape: [3, 1], datatype: 'FP64', data: [null, 1, null] },
    ]);
  });

  it('in binary has texts behind their lengths, and NaN where a number is missing', () => {
    const tail = tailOf(encode(jobs, 3, { ...mixed, binary: true }, own));
    const texts = Buffer.from('\x08\0\0\0größer\0\0\0\0\x05\0\0\0basic');
    expect([0, 8, 16].map((at) => tail.readDoubleLE(at))).toEqual([1.5, Number.NaN, -2]);
    expect(tail.subarray(24, 24 + texts.length)).toEqual(texts);
    const after = [0, 8, 16, 24, 32, 40].map((at) => tail.readDoubleLE(24 + texts.length + at));
    expect(after).toEqual([1, 0, Number.NaN, Number.NaN, 1, Number.NaN]);
  });

  it('sends a number or boolean as text to a server that wants text', () => {
    const texts = inputs.map((input) => ({ ...input, datatype: 'BYTES' as const }));
    const { body } = encode(jobs.slice(0, 1), 1, { ...mixed, inputs: texts }, own);
    const sent = JSON.parse(body as string).inputs.map(({ data }: { data: unknown[] }) => data[0]);
    expect(sent).toEqual(['1.5', 'größer', 'true', '']);
  });
});

describe('an infer request to a numeric version', () => {
  it('writes a gap as NaN even if the rows have its columns in its order', () => {
    const gaps = { columns: ['x', 'y'], features: [1, null], rows: 1 };
    const tail = tailOf(encode([gaps], 1, binary));
    expect([tail.readDoubleLE(0), tail.readDoubleLE(8)]).toEqual([1, Number.NaN]);
  });

  it('has its own columns in its own order for rows of any columns that hold them', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const permutation = fc.shuffledSubarray(names, { minLength: 1 });
    fc.assert(
      fc.property(
        permutation,
        fc.array(permutation, { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        fc.boolean(),
        (own, columnsOfJobs, isBinary, perColumn) => {
          const rows = columnsOfJobs.map((columns, i) => new Map(columns.map((name, j) => [name, 10 * i + j])));
          const sent = columnsOfJobs.map((columns, i) => ({
            ...{ columns, rows: 1 },
            features: columns.map((name) => rows[i]?.get(name) as FeatureValue),
          }));
          const inputs = perColumn
            ? own.map((name, column) => ({ name, datatype: 'FP64' as const, column }))
            : [{ name: 'features', datatype: 'FP64' as const, column: null }];
          const signature = { ...json, inputs, features: own.length, binary: isBinary };
          const encoded = encode(sent, rows.length, signature, numbersNamed(own));
          const values = isBinary
            ? Array.from({ length: own.length * rows.length }, (_, i) => tailOf(encoded).readDoubleLE(i * 8))
            : JSON.parse(encoded.body as string).inputs.flatMap(({ data }: { data: unknown[] }) => data);
          const missing = isBinary ? Number.NaN : null;
          const expected = perColumn
            ? own.flatMap((name) => rows.map((row) => row.get(name) ?? missing))
            : rows.flatMap((row) => own.map((name) => row.get(name) ?? missing));
          expect(values).toEqual(expected);
        },
      ),
    );
  });
});
