import { expect, it } from 'vitest';
import { binomialTest } from './binomial-test.ts';

// scipy 1.17: twice the smaller of binom.cdf(count, …) and binom.sf(count - 1, …)
it.each([
  [3, 5, 0.95, 0.04518500000000008],
  [160, 200, 0.97, 4.332753491772844e-21],
  [0, 10, 0.3, 0.05649504980000001],
  [7, 10, 0.3, 0.021184156799999992],
  [50_000, 100_000, 0.49, 2.5813028573770924e-10],
  [3, 10, 0.3, 1],
])('%i of %i at %d has the probability %d', (count, trials, probability, p) => {
  expect(binomialTest(count, trials, probability) / p).toBeCloseTo(1, 9);
});

it.each([
  [18, 20, 1, 0],
  [30, 30, 1, 1],
  [0, 7, 0, 1],
  [1, 7, 0, 0],
  [0, 0, 0.5, 1],
])('%i of %i where the probability is %d is sure: %d', (count, trials, probability, p) => {
  expect(binomialTest(count, trials, probability)).toBe(p);
});
