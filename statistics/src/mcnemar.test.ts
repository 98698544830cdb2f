import { expect, it } from 'vitest';
import { mcnemar } from './mcnemar.ts';

// scipy 1.17: binomtest(b, b + c, 0.5).pvalue; statsmodels 0.15: mcnemar(exact=True)
it.each([
  [6, 16, 0.052478790283203125],
  [1, 7, 0.0703125],
  [5, 0, 0.0625],
  [31, 4, 3.4654513001441956e-6],
  [480, 391, 0.0028448300543191074],
])('of %i rows to %i it is scipy’s', (b, c, p) => {
  expect(mcnemar(b, c) / p).toBeCloseTo(1, 9);
  expect(mcnemar(c, b)).toBe(mcnemar(b, c));
});

it.each([
  [0, 0],
  [1, 0],
  [12, 12],
])('%i rows to %i are no evidence', (b, c) => {
  expect(mcnemar(b, c)).toBe(1);
});

it('of a hundred thousand rows to none is 0, not NaN', () => {
  expect(mcnemar(100_000, 0)).toBe(0);
});
