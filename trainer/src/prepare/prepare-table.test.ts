import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCsv } from '../csv/read-csv.ts';
import { readDataFile } from '../csv/read-data-file.ts';
import { selectRows } from '../sampling/select-rows.ts';
import { stratifiedSplit } from '../sampling/split.ts';
import { rowOf } from '../table/training-set.ts';
import { fitPreparation } from './fit-preparation.ts';
import { isIdentity, outputsOf } from './preparation.ts';
import { prepareTable, rawValue } from './prepare-table.ts';
import { prepareRow } from './prepare-value.ts';

const folder = join(import.meta.dirname, '../../../testkit/tables');
const load = (file: string, target?: string) => readCsv(readDataFile(join(folder, file), file), { file, target });
const read = (text: string) => readCsv(Buffer.from(text), { file: 'my.csv' });
const all = ({ lines }: { lines: Int32Array }) => Array.from(lines.keys());
const lines = (make: (i: number) => string, count = 12) => Array.from({ length: count }, (_, i) => make(i)).join('\n');

describe('a preparation', () => {
  it.each([
    ['penguins.csv', 'species'],
    ['titanic.csv', 'Survived'],
    ['telco.csv', undefined],
    ['credit.csv', undefined],
    ['weather.tsv', undefined],
    ['namen.csv', undefined],
    ['aepfel.csv', undefined],
  ])('makes of every row of %s what it makes of the raw values one by one, all of them finite', (file, target) => {
    const table = load(file, target);
    const preparation = fitPreparation(table, stratifiedSplit(table.target.labels, { testShare: 0.2, seed: 1 }).train);
    const set = prepareTable(preparation, table);
    const columns = preparation.steps.map((step) => table.columns.find(({ name }) => name === step.column));
    for (const row of all(table)) {
      const raw = columns.map((column) => (column ? rawValue(column, row) : null));
      expect(Array.from(rowOf(set, row))).toEqual(prepareRow(preparation.steps, raw));
    }
    expect(set.values.every((value) => Number.isFinite(value))).toBe(true);
    expect(set.features).toHaveLength(preparation.steps.flatMap(outputsOf).length);
  });

  it('changes nothing in a table of numbers without gaps', () => {
    const table = load('aepfel.csv');
    const preparation = fitPreparation(table, all(table));
    expect(isIdentity(preparation)).toBe(true);
    const set = prepareTable(preparation, table);
    expect(set.places).toBeUndefined();
    expect(all(table).map((row) => Array.from(rowOf(set, row)))).toEqual(
      all(table).map((row) => table.columns.map((column) => rawValue(column, row))),
    );
  });

  it('fills gaps with the median of the training rows alone, and says where they were', () => {
    const table = read(`x,y\n${lines((i) => `${i % 4 ? i : '?'},${i % 2}`)}`);
    // training rows 0 to 6 have 1, 2, 3, 5, 6
    const preparation = fitPreparation(table, [0, 1, 2, 3, 4, 5, 6]);
    expect(preparation.steps).toEqual([{ kind: 'number', column: 'x', fill: 3, missing: true }]);
    const set = prepareTable(preparation, table);
    expect(set.features.map(({ name }) => name)).toEqual(['x', 'x is missing']);
    expect(Array.from(rowOf(set, 8))).toEqual([3, 1]);
    expect(Array.from(rowOf(set, 9))).toEqual([9, 0]);
  });

  it('gives each word a number, and unseen ones none', () => {
    const table = read(`sex,y\n${lines((i) => `${i % 3 ? 'male' : 'female'},${i % 2}`)}`);
    const { steps } = fitPreparation(table, all(table));
    expect(steps.flatMap(outputsOf)).toEqual(['sex = female', 'sex = male']);
    expect(prepareRow(steps, ['male'])).toEqual([0, 1]);
    expect(prepareRow(steps, ['unheard of'])).toEqual([0, 0]);
    expect(prepareRow(steps, [null])).toEqual([0, 0]);
  });

  it('keeps the 100 most frequent words, and takes the rest as other', () => {
    const word = (i: number) => `w${i < 400 ? i % 100 : i}`;
    const table = read(`city,y\n${lines((i) => `${word(i)},${i % 2}`, 420)}`);
    const { steps } = fitPreparation(table, all(table));
    expect(steps).toMatchObject([{ kind: 'category', other: true, missing: false, words: expect.any(Array) }]);
    expect(steps.flatMap(outputsOf)).toHaveLength(101);
    const other = [...Array(100).fill(0), 1];
    expect(prepareRow(steps, ['w410'])).toEqual(other);
    expect(prepareRow(steps, ['unheard of'])).toEqual(other);
    expect(prepareRow(steps, ['w7']).indexOf(1)).toBe((steps[0] as { words: string[] }).words.indexOf('w7'));
  });

  it('makes days, month and weekday of a date', () => {
    const table = read(`d,y\n${lines((i) => `2024-02-${10 + i},${i % 2}`)}`);
    const { steps } = fitPreparation(table, all(table));
    expect(steps.flatMap(outputsOf)).toEqual(['d', 'd: month', 'd: weekday']);
    // 2024-02-10 was a Saturday
    expect(Array.from(rowOf(prepareTable({ steps }, table), 0))).toEqual([19_763, 2, 6]);
  });

  it('takes the more frequent truth for a missing one', () => {
    const table = read(`b,y\n${lines((i) => `${i === 5 ? '' : i % 3 ? 'Yes' : 'no'},${i % 2}`)}`);
    const { steps } = fitPreparation(table, all(table));
    expect(steps).toEqual([{ kind: 'boolean', column: 'b', fill: 1, missing: true }]);
    expect([true, false, null].map((raw) => prepareRow(steps, [raw]))).toEqual([
      [1, 0],
      [0, 0],
      [1, 1],
    ]);
  });

  it('does not depend on the order of the rows', () => {
    const table = load('titanic.csv', 'Survived');
    const rows = all(table);
    fc.assert(
      fc.property(fc.shuffledSubarray(rows, { minLength: rows.length }), (shuffled) => {
        expect(fitPreparation(table, shuffled)).toEqual(fitPreparation(table, rows));
      }),
      { seed: 1, numRuns: 20 },
    );
  });

  it('is refused by a table without its columns, and by rows without a class', () => {
    const table = load('penguins.csv', 'species');
    const preparation = fitPreparation(table, all(table));
    expect(() => prepareTable(preparation, load('credit.csv'))).toThrow(
      'credit.csv: the preparation needs a column "island" of kind category',
    );
    const gap = read(`x,y\n${lines((i) => `${i},${i === 3 ? '' : i % 2}`)}`);
    expect(() => prepareTable(fitPreparation(gap, all(gap)), gap)).toThrow('my.csv, line 5: the row has no class');
    expect(prepareTable(preparation, selectRows(table, { dropMissing: true, seed: 1 })).labels).toHaveLength(41);
  });
});
