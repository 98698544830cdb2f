import { describe, expect, it } from 'vitest';
import {
  age,
  counted,
  duration,
  figure,
  milliseconds,
  momentTime,
  odds,
  percent,
  points,
  pointsRange,
  pValue,
  rate,
  sharePercent,
  shortCount,
  sigmas,
  signed,
  stepDecimals,
  times,
  words,
} from './format.ts';

describe('the format of numbers on the page', () => {
  it.each([
    [0.724, '72.4 %'],
    [0, '0.0 %'],
    [1, '100.0 %'],
    [0.0004, '< 0.1 %'],
    [0.0006, '0.1 %'],
    [0.9996, '> 99.9 %'],
    [0.9994, '99.9 %'],
    [Number.NaN, '–'],
  ])('the share %d is %s', (share, text) => expect(percent(share)).toBe(text));

  it.each([
    [0.5, '50 %'],
    [0.29, '29 %'],
    [1 / 3, '33.3 %'],
    [0, '0 %'],
  ])('the traffic share %d is %s', (share, text) => expect(sharePercent(share)).toBe(text));

  it.each([
    [0.0229, '+2.3 points'],
    [-0.0061, '−0.61 points'],
    [0.00004, '< +0.01 points'],
    [-0.00004, '> −0.01 points'],
    [0, '0.00 points'],
    [-0.0099, '−0.99 points'],
    [-0.00999, '−1.0 points'],
    [Number.NaN, '– points'],
  ])('the difference of shares %d is %s', (difference, text) => expect(points(difference)).toBe(text));

  it.each([
    [[0.0058, 0.04] as const, '+0.6 to +4.0 points'],
    [[-0.0069, 0.0085] as const, '−0.69 to +0.85 points'],
  ])('both ends of a range of points have as many decimals', (range, text) => {
    expect(pointsRange(range)).toBe(text);
  });

  it.each([
    [-0.01453, '−0.0145'],
    [12.3456, '+12.3'],
    [0, '0'],
  ])('the difference %d is %s', (difference, text) => expect(signed(difference)).toBe(text));

  it('writes a ratio as a factor', () => expect([1.0871, 0.5].map(times)).toEqual(['×1.09', '×0.50']));

  it.each([
    [0.61, '1.8 : 1'],
    [-1.2, '0.3 : 1'],
    [5.37, '215 : 1'],
    [14, 'over a million : 1'],
    [1e9, 'over a million : 1'],
  ])('the evidence ln E = %d is %s', (logE, text) => expect(odds(logE)).toBe(text));

  it.each([
    [-1, '0 s'],
    [59.9, '59 s'],
    [300, '5 min'],
    [3599, '1 h'],
    [12_000, '3 h 20 min'],
    [40_400, '11 h'],
    [1_036_800, '12 d'],
    [Number.POSITIVE_INFINITY, '–'],
  ])('%d seconds are %s', (seconds, text) => expect(duration(seconds)).toBe(text));

  it.each([
    [0.4, '< 1 ms'],
    [0, '0 ms'],
    [12.6, '13 ms'],
    [1234, '1,234 ms'],
  ])('%d milliseconds are %s', (ms, text) => expect(milliseconds(ms)).toBe(text));

  it.each([
    [0.04, '0.0'],
    [3.25, '3.3'],
    [250.4, '250'],
    [0, '0'],
  ])('%d requests a second are %s', (n, text) => expect(rate(n)).toBe(text));

  it('shortens large counts only', () => {
    expect(shortCount(9_999)).toBe('9,999');
    expect(shortCount(12_400)).toBe('12.4K');
  });

  it('writes statistics with a true minus and few digits', () => {
    expect(figure(0.00012)).toBe('< 0.001');
    expect(figure(-1.23456)).toBe('−1.23');
    expect(sigmas(1.512)).toBe('+1.51 σ');
    expect(sigmas(-0.0285)).toBe('−0.03 σ');
    expect(pValue(0.0004)).toBe('p < 0.001');
    expect(pValue(0.042)).toBe('p = 0.042');
  });

  it.each([
    [500, 'just now'],
    [59_999, '59 s ago'],
    [60_000, '1 min ago'],
    [7_200_000, '2 h ago'],
    [200_000_000, '2 d ago'],
  ])('an age of %d ms is %s', (ms, text) => expect(age(ms)).toBe(text));

  it('separates the words of a name', () => {
    expect(words('petal_width_cm')).toBe('petal width cm');
    expect(words('__proto__')).toBe('__proto__');
  });

  it.each([
    [0.1, 1],
    [0.05, 2],
    [1, 0],
    [20, 0],
    [0.0025, 4],
    [1e-7, 7],
  ])('a step of %d has %d decimals', (step, decimals) => expect(stepDecimals(step)).toBe(decimals));
});

describe('a moment', () => {
  const now = new Date(2026, 10, 26, 12, 0).getTime();
  it.each([
    [new Date(2026, 10, 26, 7, 2), '07:02'],
    [new Date(2026, 10, 26, 0, 5), '00:05'],
    [new Date(2026, 10, 24, 7, 2), 'Nov 24, 07:02'],
  ])('%s is %s', (time, text) => expect(momentTime(time.getTime(), now)).toBe(text));
});

it.each([
  [0, 'requests', '0 requests'],
  [1, 'requests', '1 request'],
  [1, 'rows with feedback', '1 row with feedback'],
  [1, 'test rows', '1 test row'],
  [1200, 'test rows', '1,200 test rows'],
])('counts %d %s as "%s"', (n, units, words) => expect(counted(n, units)).toBe(words));
