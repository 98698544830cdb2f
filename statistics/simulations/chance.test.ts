import { expect, it } from 'vitest';
import { Chance } from './chance.ts';

const N = 200_000;
const mean = (values: number[]) => values.reduce((a, b) => a + b) / values.length;
const draw = (one: (chance: Chance) => number) => {
  const chance = new Chance(7);
  return Array.from({ length: N }, () => one(chance));
};

it('gives the same numbers for the same seed, and others for the next', () => {
  const three = (seed: number) => {
    const chance = new Chance(seed);
    return [chance.next(), chance.next(), chance.next()];
  };
  expect(three(1)).toEqual(three(1));
  expect(three(1)).not.toEqual(three(2));
});

it('spreads over 0 to 1, over buckets, and between runs', () => {
  const uniform = draw((chance) => chance.next());
  expect(Math.abs(mean(uniform) - 0.5)).toBeLessThan(0.003);
  expect(Math.abs(mean(uniform.map((x) => (x - 0.5) ** 2)) * 12 - 1)).toBeLessThan(0.01);
  const buckets = draw((chance) => chance.below(64));
  expect([Math.min(...new Set(buckets)), Math.max(...new Set(buckets))]).toEqual([0, 63]);
  const firsts = Array.from({ length: 20_000 }, (_, seed) => new Chance(seed).next());
  expect(Math.abs(mean(firsts) - 0.5)).toBeLessThan(0.01);
});

it('draws normal and beta variables with their means and variances', () => {
  const normal = draw((chance) => chance.normal());
  expect(Math.abs(mean(normal))).toBeLessThan(0.01);
  expect(Math.abs(mean(normal.map((x) => x * x)) - 1)).toBeLessThan(0.02);
  // mean a/(a+b), variance ab/((a+b)²(a+b+1))
  const beta = draw((chance) => chance.beta(3.6, 0.4));
  expect(Math.abs(mean(beta) - 0.9)).toBeLessThan(0.003);
  expect(Math.abs(mean(beta.map((x) => (x - 0.9) ** 2)) - 0.018)).toBeLessThan(0.0005);
});
