import { describe, expect, it } from 'vitest';
import {
  age,
  figure,
  milliseconds,
  percent,
  pValue,
  rate,
  sharePercent,
  shortCount,
  sigmas,
  stepDecimals,
  words,
} from './format.ts';

describe('numbers as the page writes them', () => {
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
