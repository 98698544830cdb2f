import { expect, it } from 'vitest';
import { disagreement } from './disagreement.ts';

const answer = (...probability: number[]) => {
  const prediction = probability.indexOf(Math.max(...probability));
  return { prediction, class: `c${prediction}`, probability };
};

it('is where classes differ, most surely', () => {
  const v1 = [answer(0.9, 0.1), answer(0.55, 0.45), answer(0.8, 0.2)];
  const v2 = [answer(0.6, 0.4), answer(0.2, 0.8), answer(0.3, 0.7)];
  expect(disagreement([v1, v2])).toBe(2);
});

it('is where probabilities are farthest apart, when all classes agree', () => {
  expect(
    disagreement([
      [answer(0.9, 0.1), answer(0.9, 0.1)],
      [answer(0.8, 0.2), answer(0.6, 0.4)],
    ]),
  ).toBe(1);
});

it('is nowhere with one version, or with two that answer the same', () => {
  const one = [answer(0.9, 0.1)];
  expect([disagreement([one]), disagreement([]), disagreement([one, one])]).toEqual([null, null, null]);
});

it('counts versions that return classes only', () => {
  const bare = (prediction: number) => ({ prediction, class: `c${prediction}`, probability: null });
  expect(
    disagreement([
      [bare(0), bare(0)],
      [bare(0), bare(1)],
    ]),
  ).toBe(1);
});
