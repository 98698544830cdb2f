import { describe, expect, it } from 'vitest';
import { sequenceBound, sequencePValue } from './confidence-sequence.ts';

// computed with scipy 1.17; gbstats gives the same at 4·H rows
const bounds: [x: number, alpha: number, bound: number][] = [
  [25, 0.05, 6.69438861706604],
  [312.5, 0.05, 3.26429337182641],
  [1250, 0.05, 3.03520899037625],
  [5000, 0.05, 3.12711414368799],
  [1250, 1 / 30, 3.18207567286995],
];

describe('the bound of a confidence sequence', () => {
  it.each(bounds)('at H = %f and α = %f is scipy’s', (x, alpha, bound) => {
    expect(sequenceBound(x, alpha) / bound).toBeCloseTo(1, 9);
  });

  it('is confseq’s normal mixture', () => {
    // confseq, uniform_boundaries.h: normal_mixture_bound(1250, 0.05, 1250, 0.05, false)
    expect((sequenceBound(1250, 0.05) * Math.sqrt(1250)) / 107.310842970671).toBeCloseTo(1, 9);
  });
});

describe('the p-value of a confidence sequence', () => {
  it.each([
    [3, 0.0549476145474048],
    [4, 0.00245480571461815],
  ])('at z = %f and H = 1250 is scipy’s', (z, p) => {
    expect(sequencePValue(z, 1250) / p).toBeCloseTo(1, 9);
    expect(sequencePValue(-z, 1250)).toBe(sequencePValue(z, 1250));
  });

  it.each(bounds)('at the bound for H = %f and α = %f is α', (x, alpha) => {
    expect(sequencePValue(sequenceBound(x, alpha), x) / alpha).toBeCloseTo(1, 9);
  });

  it('is 1 when nothing differs', () => {
    expect(sequencePValue(0, 1250)).toBe(1);
  });
});
