import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCsv } from './read-csv.ts';

const number = fc.double({ noNaN: true, min: -1e100, max: 1e100 }).map((value) => value + 0);
const word = fc.string({ unit: 'binary', maxLength: 12 }).map((text) => `<${text.replaceAll('\0', '')}>`);
/** What Latin-1 can write, with characters of Windows among them. */
const latin = fc
  .string({ unit: fc.constantFrom('é', 'ß', 'ÿ', '€', '“', 'a', ' ', ';', ',', '\n'), maxLength: 8 })
  .map((text) => `<${text}>`);
const missing = fc.constantFrom('', 'NA', 'N/A', 'NaN', 'null', 'None', '?', ' ');

const delimiters = [',', ';', '\t', '|'];
const words = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': '|' } as Record<string, string>;
/** Windows-1252 of the characters above. */
const encode = (text: string) => Buffer.from(text.replaceAll('€', '\x80').replaceAll('“', '\x93'), 'latin1');
const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;

/** A table of two columns of numbers, one of words, and a target. */
const table = (text: fc.Arbitrary<string>) =>
  fc.record({
    names: fc.uniqueArray(text, { minLength: 4, maxLength: 4 }),
    rows: fc.array(fc.tuple(fc.option(number), number, fc.option(text), fc.constantFrom('yes', 'no')), {
      minLength: 12,
      maxLength: 30,
    }),
    delimiter: fc.constantFrom(...delimiters),
    newline: fc.constantFrom('\n', '\r\n', '\r'),
    comma: fc.boolean(),
    comments: fc.boolean(),
    trailing: fc.boolean(),
    gap: missing,
    bom: fc.boolean(),
  });
type Written = ReturnType<typeof table> extends fc.Arbitrary<infer T> ? T : never;

function write({ names, rows, delimiter, newline, comma, comments, trailing, gap }: Written): string {
  const mark = (value: number) => (comma && delimiter === ';' ? `${value}`.replace('.', ',') : `${value}`);
  const end = trailing ? delimiter : '';
  const lines = rows.map(([a, b, text, label]) =>
    [a === null ? gap : mark(a), mark(b), text === null ? gap : quote(text), label].join(delimiter),
  );
  const header = names.map(quote).join(delimiter);
  const all = [header, ...lines].map((line) => line + end);
  return [...(comments ? ['# a note, with "quotes"; and more'] : []), ...all].join(newline) + newline;
}

function check(written: Written, bytes: Buffer): void {
  const { names, rows, delimiter } = written;
  const types = [
    { column: names[0] as string, kind: 'number' },
    { column: names[2] as string, kind: 'category' },
  ] as const;
  const read = readCsv(bytes, { file: 'my.csv', types });
  expect(read.format.split(', ')[0]).toBe(words[delimiter]);
  expect(read.columns.map(({ title }) => title)).toEqual(names.slice(0, 3));
  const [a, b, c] = read.columns;
  if (!a || !b || !c || !('values' in a && 'values' in b && 'codes' in c)) throw new Error('columns of other kinds');
  expect(Array.from(a.values, (value) => (Number.isNaN(value) ? null : value))).toEqual(rows.map(([value]) => value));
  expect(Array.from(b.values)).toEqual(rows.map(([, value]) => value));
  expect(Array.from(c.codes, (code) => c.words[code] ?? null)).toEqual(rows.map(([, , text]) => text));
  expect(Array.from(read.target.labels, (label) => read.target.classes[label])).toEqual(
    rows.map(([, , , label]) => label),
  );
}

const distinctNames = ({ names }: Written) => names.every((name) => !name.endsWith(')'));

describe('a table', () => {
  it('is read as it was written, whatever the delimiter, line ends, decimal mark, comments and gaps', () => {
    fc.assert(
      fc.property(table(word), (written) => {
        fc.pre(distinctNames(written));
        check(written, Buffer.from(`${written.bom ? '\uFEFF' : ''}${write(written)}`));
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it('is read as Latin-1 if it is not UTF-8', () => {
    fc.assert(
      fc.property(table(latin), (written) => {
        const bytes = encode(`${write(written)}`);
        check(written, bytes);
      }),
      { numRuns: 100, seed: 2 },
    );
  });
});
