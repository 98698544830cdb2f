import { goodnessOfFit } from '@coppice/statistics/chi-square';
import { seededRandom } from '@coppice/testkit/seeded-random';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pickVersion } from './pick-version.ts';

describe('the version that owns a point', () => {
  it.each([
    [[50, 50], 0, 0],
    [[50, 50], 0.4999999, 0],
    [[50, 50], 0.5, 1],
    [[50, 50], 0.9999999, 1],
    [[0, 1], 0, 1],
    [[1, 0], 0.9999999, 0],
    [[0, 3, 0, 1, 0], 0.7499, 1],
    [[0, 3, 0, 1, 0], 0.75, 3],
    [[0, 0], 0.5, -1],
  ])('with weights %j at %d is number %d', (weights, point, expected) => {
    expect(pickVersion(weights, point)).toBe(expected);
  });

  it('splits buckets without a rounding error at any boundary', () => {
    for (let share = 1; share < 100; share++) {
      const boundary = share * 100;
      expect(pickVersion([share, 100 - share], boundary - 1, 10_000)).toBe(0);
      expect(pickVersion([share, 100 - share], boundary, 10_000)).toBe(1);
    }
  });

  it('never is a version of weight 0', () => {
    const weights = fc.array(fc.nat(1000), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(weights, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (some, point) => {
        const index = pickVersion(some, point);
        expect(index >= 0).toBe(some.some((weight) => weight > 0));
        if (index >= 0) expect(some[index]).toBeGreaterThan(0);
      }),
    );
  });

  it('stays the same for all points of a version whose weight alone is raised, however many versions there are', () => {
    const cases = fc
      .array(fc.nat(1000), { minLength: 2, maxLength: 6 })
      .chain((weights) =>
        fc.tuple(fc.constant(weights), fc.nat(weights.length - 1), fc.integer({ min: 1, max: 5000 })),
      );
    fc.assert(
      fc.property(cases, fc.nat(9999), ([weights, raised, by], bucket) => {
        const after = weights.map((weight, i) => (i === raised ? weight + by : weight));
        fc.pre(pickVersion(weights, bucket, 10_000) === raised);
        expect(pickVersion(after, bucket, 10_000)).toBe(raised);
      }),
      { numRuns: 2000 },
    );
  });

  it('follows the weights: 10,000 picks at 70/30 within χ² at p > 0.001', () => {
    const random = seededRandom(20_260_101);
    const counts = [0, 0];
    for (let i = 0; i < 10_000; i++) {
      const index = pickVersion([70, 30], random());
      counts[index] = (counts[index] ?? 0) + 1;
    }
    expect(goodnessOfFit(counts, [0.7, 0.3]).pValue).toBeGreaterThan(0.001);
  });
});
