import { expect, it } from 'vitest';
import { aboutTime, estimateSeconds } from './estimate.ts';

const forests = [
  { trees: 50, depth: 5 },
  { trees: 100, depth: 7 },
];

it('distinguishes a short run from a long one', () => {
  expect(estimateSeconds(forests, { rows: 120, features: 4, workers: 2 })).toBeLessThan(1);
  const long = estimateSeconds(forests, { rows: 100_000, features: 64, workers: 2 });
  expect(long).toBeGreaterThan(60);
  expect(long).toBeLessThan(600);
});

it.each([
  [0.2, '1 seconds'],
  [40.4, '40 seconds'],
  [185, '3 minutes'],
  [9000, '3 hours'],
])('calls %d seconds about %s', (seconds, words) => {
  expect(aboutTime(seconds)).toBe(words);
});
