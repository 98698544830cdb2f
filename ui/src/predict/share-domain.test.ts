import { expect, it } from 'vitest';
import { ticks } from '../charts/chart-scale.ts';
import { shareDomain } from './share-domain.ts';

it('fits the probabilities, on round numbers', () => {
  expect(shareDomain([0.32, 0.41])).toEqual([0.3, 0.45]);
  expect(shareDomain([0.12, 0.64])).toEqual([0, 0.8]);
  expect(shareDomain([0.22, 0.71])).toEqual([0.2, 0.8]);
  expect(shareDomain([0, 1])).toEqual([0, 1]);
});

it('is never so narrow that nothing looks like much, and always has two marks', () => {
  for (let low = 0; low <= 1; low += 0.0371)
    for (let high = low; high <= 1; high += 0.043) {
      const [from, to] = shareDomain([low, high]);
      expect(to - from).toBeGreaterThanOrEqual(0.1 - 1e-9);
      expect([from >= 0, to <= 1, from <= low, high <= to], `${low} ${high}`).toEqual([true, true, true, true]);
      expect(ticks([from, to], 3).length, `${from} ${to}`).toBeGreaterThanOrEqual(2);
    }
});

it('is all of 0 to 1 while nothing is known', () => expect(shareDomain([])).toEqual([0, 1]));
