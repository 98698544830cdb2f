import { expect, it } from 'vitest';
import { businessFigures } from './business-figures.ts';

// 10 rows: 2 found (a gain of 3 each), 1 missed (cost 20), 1 false alarm (cost 4), 6 rightly left alone
const actual = [1, 1, 1, 0, 0, 0, 0, 0, 0, 0];
const answered = [1, 1, 0, 1, 0, 0, 0, 0, 0, 0];
const costs = [
  [0, 4],
  [20, -3],
];

it('costs add up over the rows, beside those of always answering the majority', () => {
  const figures = businessFigures(costs, actual, answered, 0);
  expect(figures).toMatchObject({ costs, total: 18, per_row: 1.8, majority_per_row: 6 });
  // sample variance (2·4.8² + 18.2² + 2.2² + 6·1.8²) / 9
  const standardError = Math.sqrt((2 * 4.8 ** 2 + 18.2 ** 2 + 2.2 ** 2 + 6 * 1.8 ** 2) / 9 / 10);
  expect(figures.interval[0]).toBeCloseTo(1.8 - 1.959963984540054 * standardError, 12);
  expect(figures.interval[1]).toBeCloseTo(1.8 + 1.959963984540054 * standardError, 12);
});

it('one row has no interval but itself', () => {
  expect(businessFigures(costs, [1], [0], 0)).toMatchObject({ total: 20, per_row: 20, interval: [20, 20] });
});
