import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitPreparation } from '../prepare/fit-preparation.ts';
import { prepareTable } from '../prepare/prepare-table.ts';
import { DataError } from '../table/data-error.ts';
import { refuseUntrainable } from '../table/refuse-untrainable.ts';
import { rowOf, type TrainingSet } from '../table/training-set.ts';
import { type Reading, readCsv } from './read-csv.ts';

const look = (text: string | Buffer, reading: Partial<Reading> = {}) =>
  readCsv(Buffer.from(text), { file: 'my.csv', ...reading });
const read = (text: string | Buffer, target?: string): TrainingSet => {
  const table = look(text, { target });
  refuseUntrainable(table);
  return prepareTable(fitPreparation(table, [...table.lines.keys()]), table);
};
const rowsAb = (count: number) => Array.from({ length: count }, (_, i) => `${i},${i % 2 ? 'a' : 'b'}`);
const csv = (header: string, rows: string[]) => `${[header, ...rows].join('\n')}\n`;

const cell = fc.string({ unit: 'binary', maxLength: 12 });
/** Text without spaces at either end, which are not part of a label or name. */
const trimmed = cell.map((text) => `<${text.replaceAll('\0', '')}>`);
// −0 is written as 0
const number = fc.double({ noNaN: true, min: -1e100, max: 1e100 }).map((value) => value + 0);

function quote(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

describe('reading a CSV file', () => {
  it('reads the bundled Iris data: Fisher’s own values, as R and scikit-learn have them', () => {
    const table = read(readFileSync(new URL('../../data/iris.csv', import.meta.url)));
    expect(table.features).toEqual(
      ['sepal_length', 'sepal_width', 'petal_length', 'petal_width'].map((name) => ({ name, unit: 'cm' })),
    );
    expect(table.classes).toEqual(['setosa', 'versicolor', 'virginica']);
    expect(table.classes.map((_, c) => table.labels.filter((label) => label === c).length)).toEqual([50, 50, 50]);
    // sklearn.datasets.load_iris().data.mean(axis=0)
    const means = table.features.map(
      (_, f) => table.values.filter((_, i) => i % 4 === f).reduce((a, b) => a + b) / 150,
    );
    [5.843333, 3.057333, 3.758, 1.199333].forEach((mean, f) => {
      expect(means[f]).toBeCloseTo(mean, 6);
    });
  });

  it('returns any table that is written by RFC 4180, whatever its names, labels, line ends and byte-order mark', () => {
    const table = fc.record({
      names: fc.uniqueArray(trimmed, { minLength: 2, maxLength: 5 }),
      rows: fc.array(fc.tuple(fc.array(number, { minLength: 4, maxLength: 4 }), fc.nat(1)), {
        minLength: 12,
        maxLength: 20,
      }),
      labels: fc.uniqueArray(trimmed, { minLength: 2, maxLength: 2 }),
      newline: fc.constantFrom('\n', '\r\n'),
      bom: fc.boolean(),
    });
    fc.assert(
      fc.property(table, ({ names, rows, labels, newline, bom }) => {
        // a unit would be split off: it has its own test
        fc.pre(names.every((name) => !name.endsWith(')')));
        const width = names.length - 1;
        const body = [
          ...rows,
          [[0, 0, 0, 0], 0],
          [[0, 0, 0, 0], 0],
          [[0, 0, 0, 0], 1],
          [[0, 0, 0, 0], 1],
        ] as typeof rows;
        const text = [
          names.map(quote).join(','),
          ...body.map(([values, label]) => [...values.slice(0, width), quote(labels[label] as string)].join(',')),
        ].join(newline);
        const result = read(`${bom ? '\uFEFF' : ''}${text}${newline}`);
        expect(result.features.map(({ name }) => name)).toEqual(names.slice(0, -1));
        expect(result.target).toBe(names.at(-1));
        expect(Array.from(result.labels, (label) => result.classes[label])).toEqual(
          body.map(([, label]) => labels[label]),
        );
        body.forEach(([values], row) => {
          expect(Array.from(rowOf(result, row))).toEqual(values.slice(0, width));
        });
      }),
      { numRuns: 100, seed: 7 },
    );
  });

  it('answers any bytes with a table or one line that names the file', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .array(fc.constantFrom('a', 'b', '1', '.5', ',', ',', '\n', '\n', '\r', '"', ' ', '(cm)', '-', 'é'), {
          maxLength: 120,
        })
        .map((parts) => Buffer.from(parts.join(''))),
    );
    fc.assert(
      fc.property(bytes, (content) => {
        try {
          read(Buffer.from(content));
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
          expect((error as Error).message).toMatch(/^my\.csv, line \d+[,:] [^\n\r]+$/);
        }
      }),
      { numRuns: 500, seed: 11 },
    );
  });

  it('names the line and column of a bad cell wherever it stands, also after quoted line breaks and blank lines', () => {
    fc.assert(
      fc.property(fc.nat(11), fc.nat(2), fc.boolean(), fc.boolean(), (row, column, blank, crlf) => {
        const lines = ['one,"two\nlines",three,label'];
        for (let i = 0; i < 12; i++) {
          const cells = ['1', '2', '3', i % 2 ? '"a\nb"' : 'c'];
          if (i === row) cells[column] = 'oops';
          lines.push(cells.join(','), ...(blank ? [''] : []));
        }
        const text = lines.join('\n');
        const line = text.slice(0, text.indexOf('oops')).split('\n').length;
        expect(() => read(crlf ? text.replaceAll('\n', '\r\n') : text)).toThrow(
          new RegExp(
            `^my\\.csv, line ${line}, column ${column + 1} \\("[a-z\\\\]+"\\): "oops" is not a number; correct it, or --type [a-z$' \\\\]+=category`,
          ),
        );
      }),
      { numRuns: 60, seed: 3 },
    );
  });

  it('keeps labels that look like numbers as text, ordered by value, and takes equal numbers for one class', () => {
    const table = look(
      csv(
        'x,y',
        ['10', '9', '1.0', '1'].flatMap((label) => [1, 2, 3].map((x) => `${x},${label}`)),
      ),
    );
    expect(table.target.classes).toEqual(['1', '9', '10']);
    expect(Array.from(table.target.labels)).toEqual([2, 2, 2, 1, 1, 1, 0, 0, 0, 0, 0, 0]);
    expect(table.notices).toEqual(['the classes "1.0" and "1" are one number: both are "1"']);
  });

  it('takes any column as target, by its name with or without the unit', () => {
    const text = csv(
      'kind (of),size (cm)',
      rowsAb(12).map((row) => row.split(',').reverse().join(',')),
    );
    for (const target of ['kind', 'kind (of)']) {
      expect(read(text, target)).toMatchObject({ target: 'kind', features: [{ name: 'size', unit: 'cm' }] });
    }
  });

  it('keeps names that mean something to JavaScript', () => {
    const table = read(
      csv(
        '__proto__,constructor,label',
        [...Array(12).keys()].map((i) => `${i},1,${i % 2 ? '__proto__' : 'toString'}`),
      ),
    );
    expect(table.features.map(({ name }) => name)).toEqual(['__proto__', 'constructor']);
    expect(table.classes).toEqual(['__proto__', 'toString']);
  });

  const good = rowsAb(12);
  it.each<[string, string | Buffer, string | undefined, string]>([
    ['an empty file', '', undefined, 'line 1: the file is empty'],
    ['a file of blank lines', '\n\n\n', undefined, 'line 1: the file is empty'],
    ['an unknown target', csv('x,y', good), 'z', 'line 1: no column "z"; there are "x", "y"'],
    [
      'one column',
      csv('x', ['1', '2']),
      undefined,
      'line 1, column 1: only one column, so no feature; cells are separated by comma, semicolon, tab or |',
    ],
    [
      'an empty column name',
      csv(
        'x,,y',
        good.map((row) => `1,${row}`),
      ),
      undefined,
      'line 1, column 2: the column has no name; write one in the header line',
    ],
    [
      'a duplicate column name',
      csv(
        'x (cm),x (cm),y',
        rowsAb(12).map((row) => `1,${row}`),
      ),
      undefined,
      'line 1, column 2: the name "x (cm)" is taken by column 1; give one of them another name',
    ],
    [
      'a word among numbers',
      csv('x,y', [...good, 'six,a']),
      undefined,
      'line 14, column 1 ("x"): "six" is not a number; correct it, or --type x=category takes the column as words, --drop x leaves it out',
    ],
    [
      'a number too large',
      csv('x,y', ['1e999,a', ...good]),
      undefined,
      'line 2, column 1 ("x"): "1e999" is beyond 1e+100; correct it, or --type x=category takes the column as words, --drop x leaves it out',
    ],
    [
      'a row too short',
      csv('x,y', ['1', ...good]),
      undefined,
      'line 2, column 2: the row has 1 of 2 cells; complete the row, or delete it',
    ],
    [
      'a row too long',
      csv('x,y', ['1,a,3', ...good]),
      undefined,
      'line 2, column 3: the row has 3 of 2 cells; a cell that contains a comma needs quotes',
    ],
    [
      'few rows',
      csv('x,y', rowsAb(9)),
      undefined,
      'line 10, column 1: the file has 9 rows of data; at least 10 are needed',
    ],
    [
      'one class',
      csv(
        'x,y',
        good.map((row) => row.replace('b', 'a')),
      ),
      undefined,
      'line 13, column 2 ("y"): every row has the class "a"; at least two classes are needed',
    ],
    [
      'a class of one row',
      csv('x,y', [...good, '1,c']),
      undefined,
      'line 14, column 2 ("y"): the class "c" has this row only; two are needed, one to train and one to test; --drop-rare 2 leaves such rows out',
    ],
    ['an open quote', csv('x,y', [...good, '"1,a']), undefined, 'line 14, column 1: a quote is never closed'],
    [
      'a stray quote',
      csv('x,y', ['1,"a"b', ...good]),
      undefined,
      'line 2, column 2: a quote inside a cell must be doubled',
    ],
    [
      'bytes that are not text',
      Buffer.from([...Buffer.from('x,y\n1,a\n'), 0x00, 0x0a]),
      undefined,
      'line 3: not text; save the table as UTF-8 CSV',
    ],
  ])('refuses %s', (_, text, target, message) => {
    expect(() => read(text, target)).toThrow(new DataError(`my.csv, ${message}`));
  });
});
