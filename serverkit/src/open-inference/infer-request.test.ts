import { describe, expect, it } from 'vitest';
import { numbersNamed } from '../rows/row-schema.ts';
import { InferReader, type InferSchema, MAX_JSON_BYTES } from './infer-request.ts';
import { InferRequestError } from './infer-request-error.ts';

const MAX_ROWS = 65_536;
const rows = numbersNamed(['a', 'b']);
const schema: InferSchema = { rows, input: 'features', outputs: ['label', 'probability'], maxRows: MAX_ROWS };
const reader = new InferReader(schema);
const tensor = { name: 'features', shape: [1, 2], datatype: 'FP64', data: [1, 2] };
const parse = (request: unknown, tail?: Uint8Array, header?: string, by = reader) => {
  const json = Buffer.from(typeof request === 'string' ? request : JSON.stringify(request));
  return by.read(Buffer.concat([json, tail ?? new Uint8Array()]), header ?? (tail ? String(json.length) : undefined));
};

describe('InferReader', () => {
  it('reads one row', () => {
    expect(parse({ id: '7', inputs: [tensor] })).toEqual({
      id: '7',
      rows: 1,
      features: Float64Array.of(1, 2),
      columns: ['a', 'b'],
      missing: [],
      outputs: [
        { name: 'label', binary: false },
        { name: 'probability', binary: false },
      ],
      named: false,
    });
  });

  it('reads a row without a batch dimension', () => {
    expect(parse({ inputs: [{ ...tensor, shape: [2] }] })).toMatchObject({ rows: 1, features: Float64Array.of(1, 2) });
  });

  it('reads a binary tensor', () => {
    const input = { ...tensor, shape: [2, 2], datatype: 'INT16', data: undefined, parameters: { binary_data_size: 8 } };
    const tail = new Uint8Array(Int16Array.of(1, -2, 3, 4).buffer);
    expect(parse({ inputs: [input] }, tail)).toMatchObject({ rows: 2, features: Float64Array.of(1, -2, 3, 4) });
  });

  it('reads other numbers, and refuses another length, after the same JSON', () => {
    const shape = { ...tensor, data: undefined, parameters: { binary_data_size: 16 } };
    const request = { inputs: [shape], outputs: [{ name: 'label' }] };
    const bytes = (...numbers: number[]) => new Uint8Array(Float64Array.from(numbers).buffer);
    for (const row of [
      [1, 2],
      [3, 4],
    ])
      expect(parse(request, bytes(...row))).toEqual({
        id: undefined,
        rows: 1,
        features: Float64Array.from(row),
        columns: ['a', 'b'],
        missing: [],
        outputs: [{ name: 'label', binary: false }],
        named: true,
      });
    expect(() => parse(request, bytes(1, 2, 3))).toThrow('24 bytes follow the JSON');
    expect(() => parse(request, bytes(1, Number.NaN))).toThrow('not finite');
    expect(parse({ ...request, id: 'a' }, bytes(1, 2)).id).toBe('a');
    expect(parse({ ...request, id: 'b' }, bytes(1, 2)).id).toBe('b');
  });

  it('reads any number of different texts', () => {
    const bytes = new Uint8Array(Float64Array.of(1, 2).buffer);
    for (let i = 0; i < 3000; i++) {
      const request = { inputs: [{ ...tensor, data: undefined, parameters: { binary_data_size: 16, i } }] };
      expect(parse(request, bytes).rows).toBe(1);
    }
  });

  it.each([
    [
      { parameters: { binary_data_output: true } },
      [
        ['label', true],
        ['probability', true],
      ],
    ],
    [
      { outputs: [] },
      [
        ['label', false],
        ['probability', false],
      ],
    ],
    [{ outputs: [{ name: 'probability' }] }, [['probability', false]]],
    [
      {
        parameters: { binary_data_output: true },
        outputs: [{ name: 'probability' }, { name: 'label', parameters: { binary_data: false } }],
      },
      [
        ['probability', true],
        ['label', false],
      ],
    ],
  ])('%j requests outputs %j', (more, expected) => {
    expect(parse({ inputs: [tensor], ...more }).outputs.map(({ name, binary }) => [name, binary])).toEqual(expected);
  });

  it.each([
    ['', 'not valid JSON'],
    ['{', 'not valid JSON'],
    ['[]', 'the body: '],
    ['null', 'the body: '],
    [{}, 'inputs: '],
    [{ inputs: [] }, 'exactly one tensor, features; it holds none'],
    [{ inputs: [tensor, tensor] }, 'it holds features, features'],
    [{ inputs: [{ ...tensor, name: 'X' }] }, 'it holds X'],
    [{ inputs: [tensor], id: 7 }, 'id: '],
    [{ inputs: [{ ...tensor, datatype: 'BYTES' }] }, 'datatype BYTES cannot be read as numbers'],
    [{ inputs: [{ ...tensor, datatype: 'BOOL' }] }, 'datatype BOOL cannot be read as numbers'],
    [{ inputs: [{ ...tensor, datatype: '__proto__' }] }, 'datatype __proto__ cannot'],
    [{ inputs: [{ ...tensor, shape: [] }] }, 'shape is []: must be [n,2]'],
    [{ inputs: [{ ...tensor, shape: [1, 3] }] }, 'shape is [1,3]'],
    [{ inputs: [{ ...tensor, shape: [1] }] }, 'shape is [1]'],
    [{ inputs: [{ ...tensor, shape: [1, 1, 2] }] }, 'shape is [1,1,2]'],
    [{ inputs: [{ ...tensor, shape: [-1, 2] }] }, 'inputs[0].shape[0]'],
    [{ inputs: [{ ...tensor, shape: [0, 2] }] }, 'has 0 rows'],
    [{ inputs: [{ ...tensor, shape: [MAX_ROWS + 1, 2] }] }, 'has 65537 rows'],
    [{ inputs: [{ ...tensor, shape: [2, 2] }] }, 'has 2 numbers: must have 2 × 2 = 4'],
    [{ inputs: [{ ...tensor, data: undefined }] }, 'data is missing'],
    [{ inputs: [{ ...tensor, parameters: { binary_data_size: 16 } }] }, 'both data and'],
    [{ inputs: [{ ...tensor, data: undefined, parameters: { binary_data_size: 16 } }] }, 'header Inference-Header'],
    [{ inputs: [{ ...tensor, parameters: { shared_memory_region: 'a' } }] }, 'shared memory is not supported'],
    [
      { inputs: [tensor], outputs: [{ name: 'logits' }] },
      'outputs[0] logits is unknown; the outputs are label, probability',
    ],
    [{ inputs: [tensor], outputs: [{ name: 'label' }, { name: 'label' }] }, 'outputs[1] label is requested twice'],
    [
      { inputs: [tensor], outputs: [{ name: 'label', parameters: { classification: 2 } }] },
      'classification is not supported',
    ],
  ])('refuses %j with 400', (request, message) => {
    expect(() => parse(request)).toThrow(InferRequestError);
    expect(() => parse(request)).toThrow(message);
  });

  it.each([['x'], ['-1'], ['1.5'], ['99999'], ['5, 5'], ['']])('refuses the header length %j', (header) => {
    expect(() => parse({ inputs: [tensor] }, undefined, header)).toThrow('Inference-Header-Content-Length is');
  });

  it('reads JSON with a byte order mark, as all readers of JSON do', () => {
    const json = JSON.stringify({ inputs: [tensor] });
    expect(parse(`\ufeff${json}`)).toEqual(parse(json));
  });

  it('refuses a tail without a matching binary_data_size, broken UTF-8 and a hundred thousand brackets', () => {
    expect(() => parse('['.repeat(100_000))).toThrow('at most 64 deep');
    expect(() => parse({ inputs: [tensor] }, new Uint8Array(3))).toThrow('3 bytes follow the JSON');
    const input = { ...tensor, data: undefined, parameters: { binary_data_size: 16 } };
    expect(() => parse({ inputs: [input] }, new Uint8Array(24))).toThrow('is 16, and 24 bytes follow');
    expect(() => reader.read(Buffer.from([0x22, 0xff, 0x22]), undefined)).toThrow('not UTF-8');
  });

  it('reads any one input, or one input per feature in any order, for a server of several versions', () => {
    const any = new InferReader({ ...schema, input: null, columns: true, moreOutputs: ['predict'] });
    const column = (name: string, more: object) => ({ name, shape: [2], datatype: 'FP64', ...more });
    const read = (request: unknown, tail?: Uint8Array) => parse(request, tail, undefined, any);

    expect(read({ inputs: [{ ...tensor, name: 'rows' }] }).features).toEqual(Float64Array.of(1, 2));
    const inputs = [
      column('b', { parameters: { binary_data_size: 4 }, datatype: 'INT16' }),
      column('a', { parameters: { binary_data_size: 8 }, datatype: 'FP32', shape: [2, 1] }),
    ];
    const tail = new Uint8Array([...new Uint8Array(Int16Array.of(3, 4).buffer), ...bytesOf(Float32Array.of(1, 2))]);
    for (let again = 0; again < 2; again++)
      expect(read({ inputs }, tail)).toMatchObject({ rows: 2, features: Float64Array.of(1, 3, 2, 4) });
    expect(read({ inputs: [column('a', { data: [1, 2] }), column('b', { data: [[3], [4]] })] }).features).toEqual(
      Float64Array.of(1, 3, 2, 4),
    );
    expect(read({ inputs: [tensor], outputs: [{ name: 'predict' }] }).outputs).toEqual([
      { name: 'predict', binary: false },
    ]);

    const allowed = 'inputs must hold one tensor [n,2], or one per feature (a, b); it holds ';
    for (const names of [[], ['a', 'a'], ['a', 'c'], ['a', 'b', 'c']])
      expect(() => read({ inputs: names.map((name) => column(name, { data: [1, 2] })) })).toThrow(
        allowed + (names.join(', ') || 'none'),
      );
    expect(() => read({ inputs: [column('a', { data: [1, 2] }), column('b', { shape: [1], data: [1] })] })).toThrow(
      'inputs[1].shape has 1 rows: must have 2 as inputs[0]',
    );
    expect(() => read({ inputs: [column('a', { data: [1, 2] }), column('b', { data: [1, 'x'] })] })).toThrow(
      'inputs[1].data[1] is not a finite number',
    );
    expect(() => read({ inputs: [tensor], outputs: [{ name: 'x' }] })).toThrow(
      'outputs[0] x is unknown; the outputs are label, probability, predict',
    );
  });

  it('refuses more JSON than it can parse in bounded memory with 413', () => {
    const brackets = Buffer.alloc(MAX_JSON_BYTES + 1, '[');
    expect(() => reader.read(brackets, undefined)).toThrow(
      expect.objectContaining({ status: 413, message: expect.stringContaining('Send larger tensors as binary data') }),
    );
  });
});

const bytesOf = (numbers: Float32Array) => new Uint8Array(numbers.buffer);
