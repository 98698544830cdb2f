import { expect, it } from 'vitest';
import { BUCKETS } from './bucketed.ts';
import { pairedTest } from './paired-test.ts';
import { twoSidedLogE } from './relative-risk.ts';

// computed with scipy 1.17
it.each([
  [31, 4, 8.93928611553215],
  [9, 2, 0.672336862348225],
])('the evidence of %i rows to %i is scipy’s', (b, c, logE) => {
  expect(twoSidedLogE([{ t: b, c, share: 0.5 }]) / logE).toBeCloseTo(1, 9);
});

it('counts rows of many users fully: 31 to 4 is evidence', () => {
  const b = new Float64Array(BUCKETS).fill(1, 0, 31);
  const c = new Float64Array(BUCKETS).fill(1, 0, 4);
  const { logE, ...rest } = pairedTest(b, c);
  expect(rest).toEqual({ b: 31, c: 4, designEffect: 1 });
  expect(logE / 8.93928611553215).toBeCloseTo(1, 9);
});

it('counts three users who always see the candidate right as little more than three rows', () => {
  const b = Float64Array.of(10, 10, 10);
  const { logE, designEffect } = pairedTest(b, new Float64Array(3));
  // residuals 5 of 10 rows each: 3/2 · 75 / 7.5
  expect(designEffect).toBeCloseTo(15, 12);
  expect(logE).toBeLessThan(Math.log(20));
});

it('says nothing without rows', () => {
  const none = new Float64Array(BUCKETS);
  expect(pairedTest(none, none)).toEqual({ b: 0, c: 0, logE: 0, designEffect: 1 });
});
