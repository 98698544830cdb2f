import { goodnessOfFit } from '@coppice/statistics/chi-square';
import { describe, expect, it } from 'vitest';
import { BUCKETS, stickyBucket } from './sticky-bucket.ts';

describe('the bucket of a sticky key', () => {
  // GrowthBook packages/sdk-js/test/cases.json, hash version 2
  it.each([
    ['seed', 'a', 0.0505],
    ['seed', 'b', 0.2696],
    ['foo', 'def', 0.2019],
  ])('of salt %s and key %s is %d, as published', (salt, key, expected) => {
    expect(stickyBucket(salt, key) / BUCKETS).toBe(expected);
  });

  it('spreads users evenly over ten tenths', () => {
    const counts = new Array(10).fill(0);
    for (let i = 0; i < 20_000; i++) counts[Math.floor(stickyBucket('iris', `user-${i}`) / 1000)]++;
    // 9 degrees of freedom, p = 0.001
    expect(goodnessOfFit(counts, new Array(10).fill(0.1)).pValue).toBeGreaterThan(0.001);
  });
});
