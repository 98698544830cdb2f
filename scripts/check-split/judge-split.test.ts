import { expect, it } from 'vitest';
import { judgeSplit } from './judge-split.ts';

const split = (...counts: [weight: number, answered: number][]) =>
  counts.map(([weight, answered], i) => ({ version: `v${i + 1}`, weight, answered }));

it.each([
  ['exactly the weights', split([90, 900], [10, 100])],
  ['as far from them as chance is within a millionth', split([50, 579], [50, 421])],
  ['nothing without weight', split([100, 1000], [0, 0])],
  ['weights that are no percentages', split([1, 340], [1, 320], [1, 340])],
])('finds nothing wrong with %s', (_, shares) => {
  expect(judgeSplit(shares)).toEqual([]);
});

it('names each version whose share is not by chance', () => {
  expect(judgeSplit(split([50, 590], [50, 410]))).toEqual([
    'v1 answered 59.0 % of 1000 requests and has 50.0 % of the weight',
    'v2 answered 41.0 % of 1000 requests and has 50.0 % of the weight',
  ]);
});

it('finds a version that answers without weight', () => {
  expect(judgeSplit(split([100, 999], [0, 1]))).toContain('v2 has no weight and answered 1 of 1000 requests');
});

it('finds a small version that gets nothing', () => {
  expect(judgeSplit(split([95, 1000], [5, 0]))).toHaveLength(2);
});

it('holds its error rate', () => {
  const allowed = Array.from({ length: 1001 }, (_, n) => n).filter(
    (n) => judgeSplit(split([50, n], [50, 1000 - n])).length === 0,
  );
  // P(X ≤ 420) of Binomial(1000, 0.5) is 2.3e-7, P(X ≤ 421) is 3.3e-7; 2.5e-7 is the limit of each end of two versions
  expect([allowed[0], allowed.at(-1)]).toEqual([421, 579]);
});
