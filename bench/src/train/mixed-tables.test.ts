import { readCsv } from '@coppice/trainer/csv/read-csv';
import { expect, it } from 'vitest';
import { type MixedTable, mixedCsv, mixedTables } from './mixed-tables.ts';

const read = (table: MixedTable) => readCsv(Buffer.from(mixedCsv(table, 2000, 1)), { file: 'mixed.csv' });

it.each([
  ['penguins', 'category number number number number category', 3],
  ['titanic', 'number category number number number number category category', 2],
  [
    'credit',
    'category number category category number category category number number category category boolean boolean',
    2,
  ],
  [
    'churn',
    'category number boolean number boolean category category category category boolean category category number number',
    2,
  ],
  ['many classes', Array(10).fill('number').join(' '), 54],
])('the trainer takes every column of %s, as what it is', (name, kinds, classes) => {
  const { columns, target, leftOut } = read(mixedTables.find((table) => table.name === name) as MixedTable);
  expect(columns.map(({ kind }) => kind).join(' ')).toBe(kinds);
  expect(target.classes).toHaveLength(classes);
  expect(leftOut).toEqual([]);
});

it('the same seed draws the same rows, another seed others', () => {
  const [penguins] = mixedTables as [MixedTable];
  expect(mixedCsv(penguins, 50, 1)).toBe(mixedCsv(penguins, 50, 1));
  expect(mixedCsv(penguins, 50, 1)).not.toBe(mixedCsv(penguins, 50, 2));
});
