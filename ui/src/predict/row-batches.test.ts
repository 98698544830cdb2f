import { expect, it } from 'vitest';
import { rowBatches } from './row-batches.ts';

const rows = (count: number, value: string | number = 1) => Array.from({ length: count }, () => ({ x: value }));
const sizes = (batches: unknown[][]) => batches.map(({ length }) => length);

it('puts at most 1,024 rows in a batch, in their order', () => {
  expect(sizes(rowBatches(rows(2500)))).toEqual([1024, 1024, 452]);
  const numbered = Array.from({ length: 5 }, (_, x) => ({ x }));
  expect(rowBatches(numbered, { mostRows: 2 }).flat()).toEqual(numbered);
  expect(rowBatches([])).toEqual([]);
});

it('puts fewer where rows are long, and one that is too long by itself', () => {
  const long = rows(1024, 'x'.repeat(2000));
  const batches = rowBatches(long);
  expect(batches.length).toBeGreaterThan(1);
  for (const batch of batches) expect(JSON.stringify(batch).length).toBeLessThan(1024 * 1024);
  expect(sizes(rowBatches(rows(2, 'x'.repeat(100)), { mostBytes: 50 }))).toEqual([1, 1]);
  expect(rowBatches(rows(1024, '葉'.repeat(600))).length).toBeGreaterThan(1);
});
