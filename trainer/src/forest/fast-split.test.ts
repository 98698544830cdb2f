import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bestSplit, useFastSplits } from './fast-split.ts';
import { drawFor } from './feature-draw.ts';
import { forestOptions } from './forest-options.ts';
import { RandomForestClassifier } from './library-forest.ts';

const train = (rows: number[][], labels: number[], seed: number) => {
  const forest = new RandomForestClassifier(forestOptions({ trees: 3, depth: 6 }, seed));
  forest.train(rows, labels);
  return JSON.stringify(forest);
};

const neighbours = fc.constantFrom(1, 1 + Number.EPSILON, 1 + 2 * Number.EPSILON, 2);
/** Few distinct values make ties between splits, neighbouring doubles make thresholds that equal a value. */
const value = fc.oneof(
  fc.integer({ min: -2, max: 2 }),
  neighbours,
  fc.double({ noNaN: true, min: -1e100, max: 1e100 }),
);
const data = fc.integer({ min: 1, max: 4 }).chain((features) =>
  fc.array(fc.tuple(fc.array(value, { minLength: features, maxLength: features }), fc.nat(3)), {
    minLength: 2,
    maxLength: 40,
  }),
);

it('grows the very trees that ml-cart grows by its own search, to the last bit', () => {
  fc.assert(
    fc.property(data, fc.integer(), (some, seed) => {
      const rows = some.map(([row]) => row);
      const labels = some.map(([, label]) => label);
      const own = train(rows, labels, seed);
      const undo = useFastSplits();
      try {
        expect(train(rows, labels, seed)).toBe(own);
      } finally {
        undo();
      }
    }),
    { numRuns: 300, seed: 6 },
  );
});

/** Columns that note which of them were read. */
function watched(columns: number[][]) {
  const read = new Set<number>();
  const getRow = (row: number) => {
    read.add(row);
    return columns[row] as number[];
  };
  return { read, columns: { rows: columns.length, getRow } };
}

const labels = [0, 0, 1, 1];
const constant = [7, 7, 7, 7];
const draw = drawFor({ featuresPerSplit: 'sqrt', seed: 3 });

it('looks at the square root of the features, each as often as any other', () => {
  const reads = new Array<number>(16).fill(0);
  for (let node = 0; node < 4000; node++) {
    const { read, columns } = watched(reads.map(() => [1, 2, 3, 4]));
    const { maxColumn } = bestSplit(columns, labels, draw);
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
  bestSplit(columns, labels, draw);
  expect(read.size).toBe(looked);
});

it('goes on drawing until a feature splits the rows', () => {
  const counts = Array.from({ length: 50 }, () => {
    const { read, columns } = watched([...Array<number[]>(15).fill(constant), [1, 2, 3, 4]]);
    expect(bestSplit(columns, labels, draw)).toMatchObject({ maxColumn: 15, maxValue: 2.5 });
    return read.size;
  });
  expect(Math.min(...counts)).toBe(4);
  expect(Math.max(...counts)).toBeGreaterThan(12);
});

it('reads no feature of rows of one class', () => {
  const { read, columns } = watched([[1, 2, 3, 4]]);
  expect(bestSplit(columns, [1, 1, 1, 1], draw).maxColumn).toBeUndefined();
  expect(read.size).toBe(0);
});
