import { expect, it } from 'vitest';
import { wilson, Z95, Z999 } from './wilson.ts';

// values of statsmodels' proportion_confint(method='wilson')
it.each([
  [10, 100, 0.0552, 0.1744],
  [0, 50, 0, 0.0713],
  [50, 50, 0.9287, 1],
  [500, 1000, 0.4691, 0.5309],
])('the interval of %d in %d is %d to %d', (successes, n, low, high) => {
  const [from, to] = wilson(successes, n);
  expect(from).toBeCloseTo(low, 4);
  expect(to).toBeCloseTo(high, 4);
});

it.each([Z95, Z999])('ends where the share is %d standard errors off', (z) => {
  // the interval's definition: its ends p solve |10/100 - p| = z √(p (1 - p) / 100)
  for (const p of wilson(10, 100, z)) expect(Math.abs(0.1 - p) / Math.sqrt((p * (1 - p)) / 100)).toBeCloseTo(z, 6);
});

it('is everything while nothing was counted', () => expect(wilson(0, 0)).toEqual([0, 1]));
