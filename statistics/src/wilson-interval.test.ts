import { describe, expect, it } from 'vitest';
import { wilsonInterval } from './wilson-interval.ts';

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

  it.each([
    [0, 0],
    [2, 1],
    [-1, 3],
    [Number.NaN, 3],
  ])('refuses %f of %f', (successes, trials) => {
    expect(() => wilsonInterval(successes, trials)).toThrow(RangeError);
  });
});
