import { expect, it } from 'vitest';
import { readCsv } from '../csv/read-csv.ts';
import { joinTables } from './join-tables.ts';

const read = (text: string) =>
  readCsv(Buffer.from(`x,word,y\n${text}`), { file: 'my.csv', types: [{ column: 'word', kind: 'category' }] });

it('puts rows behind each other, with the codes of words as in the first table', () => {
  const joined = joinTables(read('1,a,0\n,b,1\n'), read('3,c,1\n4,,0\n5,b,0\n'));
  expect(joined.columns).toMatchObject([
    { values: Float64Array.of(1, Number.NaN, 3, 4, 5) },
    { words: ['a', 'b', 'c'], codes: Int32Array.of(0, 1, 2, -1, 1) },
  ]);
  expect(joined.target.labels).toEqual(Int32Array.of(0, 1, 1, 0, 0));
  expect(joined.lines).toHaveLength(5);
});
