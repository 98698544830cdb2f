import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LATENCY_BUCKETS, latencyBucket, latencyQuantile } from './latency-buckets.ts';

describe('latency buckets', () => {
  it('give quantiles within 2.2 % of the exact ones', () => {
    const seconds = fc.double({ min: 1e-5, max: 600, noNaN: true });
    fc.assert(
      fc.property(fc.array(seconds, { minLength: 1, maxLength: 300 }), fc.constantFrom(0.5, 0.95, 0.99), (all, q) => {
        const counts = new Uint32Array(LATENCY_BUCKETS);
        for (const one of all) counts[latencyBucket(one)] = (counts[latencyBucket(one)] as number) + 1;
        const exact = all.toSorted((a, b) => a - b)[Math.ceil(q * all.length) - 1] as number;
        expect(Math.abs((latencyQuantile(counts, q) as number) / exact - 1)).toBeLessThan(0.0221);
      }),
    );
  });

  it.each([0, -1, Number.NaN, 1e-9, 1e9, Number.POSITIVE_INFINITY])('take a latency of %f too', (seconds) => {
    const bucket = latencyBucket(seconds);
    expect(bucket).toBeGreaterThanOrEqual(0);
    expect(bucket).toBeLessThan(LATENCY_BUCKETS);
  });

  // stored summaries hold these numbers
  it.each([
    [1e-6, 0],
    [1.9e-6, 14],
    [0.001, 159],
    [1, 318],
    [2 ** 30 * 1e-6, 479],
  ])('have a latency of %d s in number %i', (seconds, bucket) => {
    expect(latencyBucket(seconds)).toBe(bucket);
  });

  it('give the least latency as the lowest quantile', () => {
    const counts = new Uint32Array(LATENCY_BUCKETS);
    counts[latencyBucket(0.005)] = 3;
    expect(latencyQuantile(counts, 0)).toBe(latencyQuantile(counts, 1));
  });

  it('have no quantile while they are empty', () => {
    expect(latencyQuantile(new Uint32Array(LATENCY_BUCKETS), 0.5)).toBeNull();
  });
});
