import { moments } from '@coppice/statistics/moments';
import { normal } from '@coppice/testkit/sample-rows';
import { seededRandom } from '@coppice/testkit/seeded-random';
import { mean } from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import { driftScore, farOutside, featurePart, featureScore } from './score.ts';

const training = { mean: 5, std: 2 };

describe('the drift score', () => {
  it.each([
    ['the training itself', { mean: 5, std: 2 }, 0],
    ['a mean 1 σ above', { mean: 7, std: 2 }, 0.5],
    ['a mean 1 σ below', { mean: 3, std: 2 }, 0.5],
    ['twice the spread', { mean: 5, std: 4 }, 0.5],
    ['both', { mean: 7, std: 4 }, 1],
    ['no spread at all', { mean: 5, std: 0 }, 0.5],
    ['a far mean, not clamped', { mean: 105, std: 2 }, 25],
  ])('counts %s as its half of A + B', (_name, now, part) => {
    expect(featureScore(now, training)).toBe(part);
  });

  it('counts a constant feature as the share of rows that differ, whether sent as 64 or 32 bits', () => {
    const constant = { card: { min: 0.1, max: 0.1 }, moments: { mean: 0.1, std: 0 } };
    expect(featurePart([0.1, Math.fround(0.1)], constant)).toBe(0);
    expect(featurePart([0.1, 0.1, 0.1, 0.2], constant)).toBe(0.25);
    expect(featurePart([0.2, 0.2], constant)).toBe(1);
  });

  it('counts values at most one training range beyond that range', () => {
    const feature = { card: { min: 0, max: 10 }, moments: training };
    expect(featurePart([5, 1e9], feature)).toBe(featurePart([5, 20], feature));
    expect(featurePart([-1e9, 5], feature)).toBe(featurePart([-10, 5], feature));
    expect(featurePart([5, 19], feature)).toBe(featureScore(moments([5, 19]), training));
    expect(farOutside([-11, -10, 5, 20, 21], feature)).toBe(2);
  });

  it('is 0.30 when every feature is shifted by 0.6 σ', () => {
    const part = featureScore({ mean: 5 + 0.6 * 2, std: 2 }, training);
    expect(driftScore([part, part, part, part])).toBeCloseTo(0.3, 12);
  });

  it('is 0.25 when one of ten features is shifted by 5 σ, and never more than 1', () => {
    expect(driftScore([2.5, ...Array(9).fill(0)])).toBe(0.25);
    expect(driftScore([25])).toBe(1);
    expect(driftScore([Number.POSITIVE_INFINITY, 0])).toBe(1);
  });
});

describe('the drift score of one normal feature that did not drift', () => {
  // computed with scipy 1.17.1: why nothing is judged below DRIFT_MIN_SAMPLES
  it.each([
    [10, 0.23],
    [30, 0.02],
    [100, 0],
  ])('with %d rows exceeds 0.3 in a share of %d of windows, and is 0.68/√n on average', (n, share) => {
    const random = seededRandom(n);
    const scores = Array.from({ length: 4000 }, () => {
      const rows = Array.from({ length: n }, () => normal(random)).sort((x, y) => x - y);
      return driftScore([featureScore(moments(rows), { mean: 0, std: 1 })]);
    });
    const exceeding = scores.filter((score) => score > 0.3).length / scores.length;
    expect(Math.abs(exceeding - share)).toBeLessThan(0.02);
    expect((mean(scores) * Math.sqrt(n)) / 0.68).toBeCloseTo(1, 1);
  });
});
