import { expect, it } from 'vitest';
import { aboutTime, estimateSeconds } from './estimate.ts';

const forests = [
  { trees: 50, depth: 5 },
  { trees: 100, depth: 7 },
];

it('distinguishes a short run from a long one', () => {
  expect(estimateSeconds(forests, { rows: 120, features: 4, workers: 2 })).toBeLessThan(1);
  const long = estimateSeconds(forests, { rows: 400_000, features: 64, workers: 2 });
  expect(long).toBeGreaterThan(60);
  expect(long).toBeLessThan(600);
});

it.each([
  // rows, features, trees, depth, measured processor seconds of one worker
  [15_000, 16, 50, 7, 1.3],
  [15_000, 64, 50, 5, 2.1],
  [15_000, 64, 50, 7, 3.0],
  [50_000, 20, 20, 7, 2.2],
  [150_000, 20, 10, 7, 4.3],
  [150_000, 20, 10, 12, 7.1],
])('is within 30 %% of what was measured on %i rows × %i features', (rows, features, trees, depth, measured) => {
  const estimate = estimateSeconds([{ trees, depth }], { rows, features, workers: 1 });
  expect(Math.abs(estimate / measured - 1)).toBeLessThan(0.3);
});

it.each([
  [0.2, '1 seconds'],
  [40.4, '40 seconds'],
  [185, '3 minutes'],
  [9000, '3 hours'],
])('calls %d seconds about %s', (seconds, words) => {
  expect(aboutTime(seconds)).toBe(words);
});
