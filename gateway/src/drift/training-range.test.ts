import { expect, it } from 'vitest';
import { outside } from './training-range.ts';

it('counts the values beyond the training range on each side, its ends not among them', () => {
  expect(outside([-1, 0, 1, 2, 3, 4], { min: 0, max: 2 })).toEqual({ below: 1, above: 2 });
});

it('takes an end that was sent as a 32-bit float for that end', () => {
  const range = { min: 0.7, max: 0.1 + 0.7 };
  expect(Math.fround(0.7)).toBeLessThan(0.7);
  expect(outside([Math.fround(range.min), Math.fround(range.max)], range)).toEqual({ below: 0, above: 0 });
});
