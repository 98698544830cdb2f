import { describe, expect, it } from 'vitest';
import { wilsonInterval, Z95, Z999 } from './wilson-interval.ts';

describe('the Wilson interval', () => {
  // Newcombe 1998, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17, table I, method 3
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('of %i of %i is %f to %f, as published', (successes, trials, low, high) => {
    const interval = wilsonInterval(successes, trials);
    expect(interval[0]).toBeCloseTo(low, 4);
    expect(interval[1]).toBeCloseTo(high, 4);
  });

  it('mirrors: failures have the complement', () => {
    const [low, high] = wilsonInterval(7, 31);
    const [lowOfRest, highOfRest] = wilsonInterval(24, 31);
    expect(lowOfRest).toBeCloseTo(1 - high, 12);
    expect(highOfRest).toBeCloseTo(1 - low, 12);
  });

  // values of statsmodels' proportion_confint(method='wilson')
  it.each([
    [10, 100, 0.0552, 0.1744],
    [0, 50, 0, 0.0713],
    [50, 50, 0.9287, 1],
    [500, 1000, 0.4691, 0.5309],
  ])('of %d of %d is %d to %d', (successes, trials, low, high) => {
    const [from, to] = wilsonInterval(successes, trials);
    expect(from).toBeCloseTo(low, 4);
    expect(to).toBeCloseTo(high, 4);
  });

  it.each([Z95, Z999])('ends where the share is %d standard errors off', (z) => {
    // the interval's definition: its ends p solve |10/100 - p| = z √(p (1 - p) / 100)
    for (const p of wilsonInterval(10, 100, z))
      expect(Math.abs(0.1 - p) / Math.sqrt((p * (1 - p)) / 100)).toBeCloseTo(z, 6);
  });

  it('is everything while nothing was counted', () => {
    expect(wilsonInterval(0, 0)).toEqual([0, 1]);
  });

  it.each([
    [2, 1],
    [-1, 3],
    [Number.NaN, 3],
  ])('refuses %f of %f', (successes, trials) => {
    expect(() => wilsonInterval(successes, trials)).toThrow(RangeError);
  });
});
