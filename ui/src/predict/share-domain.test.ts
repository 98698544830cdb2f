import { expect, it } from 'vitest';
import { shareDomain } from './share-domain.ts';

it('fits the probabilities, on round numbers', () => {
  expect(shareDomain([0.32, 0.41])).toEqual([0.3, 0.45]);
  expect(shareDomain([0, 1])).toEqual([0, 1]);
});

it('is never so narrow that nothing looks like much', () => {
  expect(shareDomain([0.5])).toEqual([0.45, 0.55].map((share) => expect.closeTo(share, 1)));
  for (const share of [0, 0.001, 0.5, 0.999, 1]) {
    const [low, high] = shareDomain([share]);
    expect(high - low).toBeGreaterThanOrEqual(0.1 - 1e-9);
    expect([low >= 0, high <= 1, low <= share, share <= high]).toEqual([true, true, true, true]);
  }
});

it('is all of 0 to 1 while nothing is known', () => expect(shareDomain([])).toEqual([0, 1]));
