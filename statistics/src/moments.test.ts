import { describe, expect, it } from 'vitest';
import { moments } from './moments.ts';

describe('moments of a sample', () => {
  it('are mean and standard deviation of the population', () => {
    expect(moments([2, 4, 4, 4, 5, 5, 7, 9])).toEqual({ mean: 5, std: 2 });
  });

  it('are exact for equal values, whose sum may not be', () => {
    expect(moments(Array(11).fill(0.1))).toEqual({ mean: 0.1, std: 0 });
  });
});
