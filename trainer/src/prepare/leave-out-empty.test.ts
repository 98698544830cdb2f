import { expect, it } from 'vitest';
import { readCsv } from '../csv/read-csv.ts';
import { leaveOutEmpty } from './leave-out-empty.ts';

const rows = Array.from(
  { length: 12 },
  (_, i) => `${i},,${i === 3 ? 'rare' : ''},${i === 3 ? '2024-01-01' : ''},${i % 2}`,
);
const table = readCsv(Buffer.from(`x,never,word,day,y\n${rows.join('\n')}`), {
  file: 'my.csv',
  types: [
    { column: 'word', kind: 'category' },
    { column: 'day', kind: 'date' },
  ],
});
const without3 = [...table.lines.keys()].filter((row) => row !== 3);

it('leaves out columns of which no training row has a value, and says why', () => {
  const left = leaveOutEmpty(table, without3);
  expect(left.columns.map(({ name }) => name)).toEqual(['x']);
  expect(left.leftOut).toEqual([
    { title: 'never', reason: 'no row has a value' },
    { title: 'word', reason: 'only test rows have a value; another --seed may bring it into training' },
    { title: 'day', reason: 'only test rows have a value; another --seed may bring it into training' },
  ]);
});

it('leaves out nothing where no row is left to train on', () => {
  expect(leaveOutEmpty(table, [])).toBe(table);
});

it('keeps a column of which one training row has a value', () => {
  expect(leaveOutEmpty(table, [3, 4]).columns.map(({ name }) => name)).toEqual(['x', 'word', 'day']);
});
