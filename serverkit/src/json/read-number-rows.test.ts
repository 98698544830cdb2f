import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readNumberRows } from './read-number-rows.ts';

const MOST = 40;
const read = (text: string | Buffer, width = 2, most = MOST) => readNumberRows(Buffer.from(text), width, most);

/** What it reads, as `JSON.parse` would. */
function readAs(text: string | Buffer, width = 2): unknown {
  const found = read(text, width);
  if (found === null) return null;
  const { values, rows, rest } = found;
  const instances = Array.from({ length: rows }, (_, i) => [...values.subarray(i * width, (i + 1) * width)]);
  return { instances, ...(rest === null ? {} : JSON.parse(rest.toString())) };
}

describe('the rows of a batch', () => {
  it.each([
    '{"instances":[[1,2]]}',
    '{"instances":[[-0,0],[0.5,-1.25e3]]}',
    '{"instances":[[1E+2,1e-2],[1.5E-3,0e0]]}',
    '{ "instances" :\n[ [ 1 ,\t2 ] , [3,4]\r\n] , "user" : "ann" } ',
    '{"instances":[[1,2]],"user":"ü]}","preview":true}',
    '{"instances":[[9007199254740991,9007199254740993],[1e22,1e23],[0.1e-22,123456789012345678]]}',
    '{"instances":[[5e-324,1.7976931348623157e308],[2.2250738585072011e-308,0.30000000000000004]]}',
    `{"instances":[[0.${'0'.repeat(400)}1,${'1'.repeat(300)}],[1e-400,0e99999999999]]}`,
  ])('%s', (text) => {
    expect(readAs(text)).toEqual(JSON.parse(text));
  });

  it.each([
    ['nothing', ''],
    ['a byte order mark', '\ufeff{"instances":[[1,2]]}'],
    ['space before', ' {"instances":[[1,2]]}'],
    ['another member first', '{"user":"a","instances":[[1,2]]}'],
    ['no rows', '{"instances":[]}'],
    ['no array', '{"instances":[1,2]}'],
    ['an object', '{"instances":[{"a":1,"b":2}]}'],
    ['too few', '{"instances":[[1]]}'],
    ['too many', '{"instances":[[1,2,3]]}'],
    ['nothing in a row', '{"instances":[[]]}'],
    ['another kind', '{"instances":[[1,"2"]]}'],
    ['a comma too many', '{"instances":[[1,2],]}'],
    ['and in a row', '{"instances":[[1,2,]]}'],
    ['and after all', '{"instances":[[1,2]],}'],
    ['more after all', '{"instances":[[1,2]]}}'],
    ['no end', '{"instances":[[1,2]]'],
    ['no end of a number', '{"instances":[[1,2'],
    ['a leading zero', '{"instances":[[01,2]]}'],
    ['a plus', '{"instances":[[+1,2]]}'],
    ['a point at the end', '{"instances":[[1.,2]]}'],
    ['a point at the beginning', '{"instances":[[.1,2]]}'],
    ['an exponent without digits', '{"instances":[[1e,2]]}'],
    ['a minus alone', '{"instances":[[-,2]]}'],
    ['a number that is not finite', '{"instances":[[1e999,2]]}'],
    ['a form feed', '{"instances":[[1,\f2]]}'],
    ['a hard space', '{"instances":[[1,\u00a02]]}'],
  ])('it does not read %s', (_what, text) => {
    expect(read(text)).toBeNull();
  });

  it('reads as many as are allowed, and not one more', () => {
    const text = (rows: number) => JSON.stringify({ instances: Array(rows).fill([1, 2]) });
    expect(read(text(MOST))?.rows).toBe(MOST);
    expect(read(text(MOST + 1))).toBeNull();
  });

  it('keeps the values of one body when the next is read, of any size', () => {
    const texts = [1, 40_000, 3, 100].map((width) => Array.from({ length: width }, (_, i) => i / 7));
    const all = texts.map((row) => read(JSON.stringify({ instances: [row, row] }), row.length)?.values);
    expect(all.map((values) => values && [...values])).toEqual(texts.map((row) => [...row, ...row]));
  });
});

const digits = fc.stringMatching(/^(0|[1-9]\d{0,24})(\.\d{1,24})?([eE][+-]?\d{1,3})?$/);
const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
  fc.integer().map(String),
  fc.tuple(fc.constantFrom('', '-'), digits).map(([sign, text]) => sign + text),
);
const space = fc.constantFrom('', '', '', ' ', '\n', '\t\r ');

const bits = (values: Float64Array | undefined) => values && [...new BigUint64Array(values.buffer)];

/** The texts of bodies, with spaces in them. */
const body = fc
  .tuple(
    fc.array(fc.tuple(number, number), { minLength: 1, maxLength: 4 }),
    fc.array(space, { minLength: 8, maxLength: 8 }),
    fc.option(fc.record({ user: fc.string(), other: fc.jsonValue({ maxDepth: 2 }) }, { requiredKeys: [] })),
  )
  .map(([rows, [a, b, c, d, e, f, g, h], rest]) => {
    const list = rows.map(([x, y]) => `[${a}${x}${b},${c}${y}]`).join(`${d},${e}`);
    const more = rest === null || Object.keys(rest).length === 0 ? '' : `,${h}${JSON.stringify(rest).slice(1, -1)}`;
    return `{${f}"instances":${g}[${list}${e}]${a}${more}}`;
  });

it('every number is the one of JSON.parse, to the bit', () => {
  fc.assert(
    fc.property(number, number, (x, y) => {
      const expected = [JSON.parse(x), JSON.parse(y)] as number[];
      const values = read(`{"instances":[[${x},${y}]]}`)?.values;
      if (expected.every(Number.isFinite)) expect(bits(values)).toEqual(bits(Float64Array.from(expected)));
      else expect(values).toBeUndefined();
    }),
    { numRuns: 5000, seed: 20 },
  );
});

it('every body of finite numbers is read as JSON.parse reads it', () => {
  fc.assert(
    fc.property(body, (text) => {
      const expected = JSON.parse(text) as { instances: number[][] };
      if (expected.instances.flat().every(Number.isFinite)) expect(readAs(text)).toEqual(expected);
      else expect(readAs(text)).toBeNull();
    }),
    { numRuns: 1000, seed: 20 },
  );
});

it('a body with other bytes is read as JSON.parse reads it, or not at all', () => {
  const mutation = fc.tuple(fc.nat(), fc.oneof(fc.constantFrom(...Buffer.from('[]{},:.-+eE019"\\ ')), fc.nat(255)));
  fc.assert(
    fc.property(body, fc.array(mutation, { minLength: 1, maxLength: 3 }), fc.nat(2), (text, mutations, way) => {
      let bytes = Buffer.from(text);
      for (const [place, byte] of mutations) {
        const at = place % bytes.length;
        if (way === 0) bytes[at] = byte;
        else
          bytes = Buffer.concat([
            bytes.subarray(0, at),
            Buffer.of(byte).subarray(way - 1),
            bytes.subarray(at + way - 1),
          ]);
      }
      let found: unknown;
      try {
        found = readAs(bytes);
      } catch {
        // the other members are no JSON: who reads them finds out
        return;
      }
      if (found === null) return;
      expect(found).toEqual(JSON.parse(bytes.toString()));
    }),
    { numRuns: 5000, seed: 20 },
  );
});
