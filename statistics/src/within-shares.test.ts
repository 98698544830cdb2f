import { expect, it } from 'vitest';
import { withinShares } from './within-shares.ts';

it.each([
  [-1.2, -1],
  [-0.3, -0.3],
  [0, 0],
  [1.55, 1],
])('an end at %d of a difference of shares is at %d', (end, within) => {
  expect(withinShares(end)).toBe(within);
});
