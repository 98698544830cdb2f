import { describe, expect, it } from 'vitest';
import { goodnessOfFit, homogeneity } from './chi-square.ts';

describe('χ² against given shares', () => {
  it('gives Evidently’s figure for a categorical feature', () => {
    // Evidently, test_stattests.py
    const { pValue, df } = goodnessOfFit([16, 16, 16, 16, 16, 8], [16, 18, 16, 14, 12, 12]);
    expect(df).toBe(5);
    expect(pValue).toBeCloseTo(0.67309, 5);
  });

  it.each([
    [[1000, 1200], [1, 1], 0.000020079],
    [[135, 115], [50, 50], 0.205903211],
    [[310, 98], [0.75, 0.25], 0.647434186],
  ])('gives GrowthBook’s figures for split %j at %j', (counts, shares, p) => {
    // GrowthBook, stats.test.ts, sample ratio mismatch
    expect(goodnessOfFit(counts, shares).pValue).toBeCloseTo(p, 9);
  });

  it('leaves out what is neither expected nor seen, and refuses what is impossible', () => {
    expect(goodnessOfFit([60, 40, 0], [0.6, 0.4, 0])).toEqual({ statistic: 0, df: 1, pValue: 1 });
    expect(goodnessOfFit([99, 1], [1, 0]).pValue).toBe(0);
    expect(goodnessOfFit([100], [1]).pValue).toBe(1);
  });
});

describe('χ² of two rows of counts', () => {
  it('is the textbook’s for a 2 × 2 table', () => {
    // n(ad − bc)² / (row and column totals) = 100·(20·30 − 20·30)² … and 100·(30·40 − 10·20)²/(40·60·50·50)
    expect(homogeneity([20, 20], [30, 30])).toEqual({ statistic: 0, df: 1, pValue: 1 });
    expect(homogeneity([30, 10], [20, 40]).statistic).toBeCloseTo((100 * (30 * 40 - 10 * 20) ** 2) / 6_000_000, 12);
  });

  it('joins rare cells, and finds nothing where one cell is left', () => {
    expect(homogeneity([400, 90, 6, 4], [96, 22, 1, 1]).df).toBe(1);
    expect(homogeneity([500, 0], [120, 0])).toEqual({ statistic: 0, df: 0, pValue: 1 });
    expect(homogeneity([499, 1], [120, 0]).pValue).toBe(1);
    expect(homogeneity([460, 40], [15, 15]).pValue).toBe(1);
    expect(homogeneity([460, 40], [15, 15], 1).pValue).toBeLessThan(1e-12);
  });

  it('finds a rare class that became common, even one that training never saw', () => {
    expect(homogeneity([460, 40], [990, 10]).pValue).toBeLessThan(1e-8);
    expect(homogeneity([300, 200], [120, 0]).pValue).toBeLessThan(1e-8);
  });
});
