import { expect, it } from 'vitest';
import { thirds } from './thirds.ts';

const sizes = (values: number[]) => thirds(values).map(({ from, to }) => to - from);

it.each([
  { of: 'different values', values: [1, 2, 3, 4, 5, 6, 7, 8, 9], parts: [3, 3, 3] },
  { of: 'many zeros', values: [0, 0, 0, 0, 0, 0, 0, 1, 2], parts: [7, 2] },
  { of: 'many equal largest', values: [1, 2, 3, 3, 3, 3, 3, 3, 3], parts: [2, 7] },
  { of: 'two values', values: [0, 0, 0, 0, 1, 1, 1, 1], parts: [4, 4] },
  { of: 'one value', values: [5, 5, 5], parts: [3] },
  { of: 'no values', values: [], parts: [] },
])('$of are cut between values that differ only', ({ values, parts }) => {
  expect(sizes(values)).toEqual(parts);
});
