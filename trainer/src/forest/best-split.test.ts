import { expect, it } from 'vitest';
import { bestSplit, type Column } from './best-split.ts';
import { drawFor } from './feature-draw.ts';

function ranked(numbers: number[]): Column {
  const distinct = [...new Set(numbers)].sort((a, b) => a - b);
  return { ranks: Uint32Array.from(numbers, (number) => distinct.indexOf(number)), distinct };
}

/** Columns that note which of them were read. */
function watched(columns: number[][]) {
  const seen = new Set<number>();
  const read = (column: number) => {
    seen.add(column);
    return ranked(columns[column] as number[]);
  };
  return { read: seen, columns: { count: columns.length, read } };
}

const labels = Uint32Array.of(0, 0, 1, 1);
const constant = [7, 7, 7, 7];
const draw = drawFor({ featuresPerSplit: 'sqrt', seed: 3 });

it('looks at the square root of the features, each as often as any other', () => {
  const reads = new Array<number>(16).fill(0);
  for (let node = 0; node < 4000; node++) {
    const { read, columns } = watched(reads.map(() => [1, 2, 3, 4]));
    const { maxColumn } = bestSplit(columns, labels, 2, draw);
    expect(read.size).toBe(4);
    expect(read).toContain(maxColumn);
    for (const column of read) reads[column] = (reads[column] as number) + 1;
  }
  // 1,000 expected, with a standard deviation of 27
  for (const count of reads) expect(Math.abs(count - 1000)).toBeLessThan(4 * 27);
});

it.each([
  [1, 1],
  [3, 1],
  [4, 2],
  [15, 3],
  [64, 8],
])('of %i features looks at %i', (features, looked) => {
  const { read, columns } = watched(Array.from({ length: features }, () => [1, 2, 3, 4]));
  bestSplit(columns, labels, 2, draw);
  expect(read.size).toBe(looked);
});

it('goes on drawing until a feature splits the rows', () => {
  const counts = Array.from({ length: 50 }, () => {
    const { read, columns } = watched([...Array<number[]>(15).fill(constant), [1, 2, 3, 4]]);
    expect(bestSplit(columns, labels, 2, draw)).toMatchObject({ maxColumn: 15, maxValue: 2.5 });
    return read.size;
  });
  expect(Math.min(...counts)).toBe(4);
  expect(Math.max(...counts)).toBeGreaterThan(12);
});

it('reads no feature of rows of one class', () => {
  const { read, columns } = watched([[1, 2, 3, 4]]);
  expect(bestSplit(columns, Uint32Array.of(1, 1, 1, 1), 2, draw).maxColumn).toBeUndefined();
  expect(read.size).toBe(0);
});

it('splits zeros and ones where ml-cart has no candidate, and leaves a constant alone', () => {
  const one = (column: Column) => ({ count: 1, read: () => column });
  const indicator = (numbers: number[]) =>
    one({ ranks: Uint32Array.from(numbers), distinct: [0, 1], isIndicator: true });
  // the ones are of class 1, as is the last zero
  const labels = Uint32Array.of(0, 1, 1, 1);
  expect(bestSplit(one(ranked([0, 0, 1, 1])), labels, 2).maxValue).not.toBe(0.5);
  expect(bestSplit(indicator([0, 0, 1, 1]), labels, 2)).toMatchObject({ maxColumn: 0, maxValue: 0.5 });
  expect(bestSplit(indicator([1, 1, 1, 1]), labels, 2).maxColumn).toBeUndefined();
});
