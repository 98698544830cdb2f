import { expect, it } from 'vitest';
import { logChoose } from './log-choose.ts';

// math.log(math.comb(n, k)) of Python, whose whole numbers are exact
it.each([
  [5, 0, 0],
  [5, 2, Math.log(10)],
  [40, 20, 25.649406793250424],
  [1000, 500, 689.4672615678512],
])('ln of %i over %i is %d', (n, k, value) => {
  expect(logChoose(n, k)).toBeCloseTo(value, 9);
});
