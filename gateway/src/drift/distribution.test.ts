import { describe, expect, it } from 'vitest';
import { distribution, histogram } from './distribution.ts';

describe('what a window looks like', () => {
  it('counts into the training’s half-open bins, the last one closed', () => {
    expect(histogram([0, 0.5, 1, 1, 2], [0, 1, 2])).toEqual({ edges: [0, 1, 2], counts: [2, 3] });
  });

  it('opens one more bin on a side where values lie outside', () => {
    expect(histogram([-3, -1, 0, 1.5, 2, 9], [0, 1, 2])).toEqual({ edges: [-3, 0, 1, 2, 9], counts: [2, 1, 2, 1] });
    expect(histogram([5, 6], [0, 1])).toEqual({ edges: [0, 1, 6], counts: [0, 2] });
  });

  it('counts an end of the training range that was sent as a 32-bit float as that end', () => {
    const edges = [0.7, 1, 2.1];
    const [low, high] = [Math.fround(0.7), Math.fround(2.1)];
    expect([low < 0.7, high > 2.1, high < 2.2]).toEqual([true, false, true]);
    expect(histogram([low, 1.5, Math.fround(2.3)], [0.7, 1, 2.3])).toEqual({ edges: [0.7, 1, 2.3], counts: [1, 2] });
    expect(histogram([low, high, 3], edges)).toEqual({ edges: [...edges, 3], counts: [1, 1, 1] });
  });

  it('has deciles by linear interpolation', () => {
    const values = Array.from({ length: 11 }, (_, i) => i);
    expect(distribution(values, { edges: [0, 10], counts: [11] }).deciles).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});
