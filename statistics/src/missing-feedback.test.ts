import { expect, it } from 'vitest';
import { tippingPoint } from './missing-feedback.ts';

it('says how much worse unseen rows would have to be than seen ones', () => {
  // 2 points better on 30 %: the other 70 % would have to be 2.857 points worse
  expect(tippingPoint(0.02, 0.3)).toBeCloseTo(0.02 / 0.7, 12);
  expect(tippingPoint(-0.02, 0.3)).toBe(tippingPoint(0.02, 0.3));
});

it('is null when every row has feedback', () => {
  expect(tippingPoint(0.02, 1)).toBeNull();
});
