import { describe, expect, it } from 'vitest';
import { binEdges, binShares, populationStability, psiThreshold } from './population-stability.ts';

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
/** The 10 %, 20 %, … quantiles of an ascending sample, between its values. */
const deciles = (sample: number[]) => range(1, 10).map((i) => sample[Math.floor((i * sample.length) / 10)] as number);

describe('the population stability index', () => {
  it('sums (a − e)·ln(a / e)', () => {
    expect(populationStability([0.4, 0.3, 0.3], [0.35, 0.25, 0.4])).toBeCloseTo(0.0445609, 7);
  });

  it('puts a floor under empty bins', () => {
    // feature_engine, tests/test_selection/test_drop_high_psi_features.py
    expect(populationStability([1, 0], [0, 1])).toBeCloseTo(18.41883867587797, 11);
  });

  it('gives feature_engine’s figure for 0..499 against 500..999 in ten bins of the reference', () => {
    const reference = range(0, 500);
    const edges = range(1, 10).map((i) => i * 50 - 0.5);
    const psi = populationStability(binShares(edges, reference), binShares(edges, range(500, 1000)));
    expect(psi).toBeCloseTo(8.283089355027482, 11);
  });

  it.each([
    [500, 500, 10, 0.001, 0.11150865948502628],
    [1000, 1500, 32, 0.05, 0.07497557],
    [777, 666, 42, 0.01, 0.18111346],
  ])('has Yurdakul’s automatic threshold for %d and %d rows in %d bins at %d', (n, m, bins, alpha, threshold) => {
    expect(psiThreshold(n, m, bins, alpha)).toBeCloseTo(threshold, 8);
  });
});

describe('bins from deciles', () => {
  it('are ten with a tenth of the reference each when values differ', () => {
    const reference = range(0, 500);
    const edges = binEdges(deciles(reference), reference);
    expect(edges).toHaveLength(9);
    for (const share of binShares(edges, reference)) expect(share).toBeCloseTo(0.1, 2);
  });

  it.each([
    ['a constant feature', Array(120).fill(7), 1],
    ['a feature of 0 and 1', [...Array(70).fill(0), ...Array(50).fill(1)], 2],
    ['a rare 1 among 0', [...Array(118).fill(0), 1, 1], 1],
    ['five levels', range(0, 5).flatMap((level) => Array(24).fill(level) as number[]), 5],
  ])('hold enough rows each for %s', (_name, reference, bins) => {
    const shares = binShares(binEdges(deciles(reference), reference), reference);
    expect(shares).toHaveLength(bins);
    expect(shares.reduce((x, y) => x + y)).toBeCloseTo(1, 12);
    expect(Math.min(...shares)).toBeGreaterThanOrEqual(0.05);
    expect(populationStability(shares, shares)).toBe(0);
    expect(psiThreshold(120, 500, bins, 1e-5)).toBeGreaterThanOrEqual(0);
  });
});
