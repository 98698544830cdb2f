import { expect, it } from 'vitest';
import { benjaminiHochberg } from './benjamini-hochberg.ts';

it('adjusts p-values by rank and keeps their order', () => {
  // worked by hand: 0.01·4/1, 0.02·4/2, 0.03·4/3 and 0.8·4/4; the smallest of what follows counts
  const adjusted = benjaminiHochberg([0.8, 0.01, 0.03, 0.02]);
  [0.8, 0.04, 0.04, 0.04].forEach((p, i) => {
    expect(adjusted[i]).toBeCloseTo(p, 12);
  });
});

it('leaves a single p-value alone and never exceeds 1', () => {
  expect(benjaminiHochberg([0.3])).toEqual([0.3]);
  expect(benjaminiHochberg([1, 1, 1])).toEqual([1, 1, 1]);
  expect(benjaminiHochberg([])).toEqual([]);
});
