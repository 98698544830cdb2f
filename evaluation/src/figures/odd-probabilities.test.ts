import { expect, it } from 'vitest';
import { oddProbabilities } from './odd-probabilities.ts';

it('counts rows that do not add up to 1, but not what rounding leaves', () => {
  expect(oddProbabilities(2, Float64Array.of(0.5, 0.5, 0.9, 0.9, 0.3333333, 0.6666666, 0, 0))).toBe(2);
});
