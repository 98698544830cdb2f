import { describe, expect, it } from 'vitest';
import { retryDelay } from './retry-delay.ts';

describe('the pause before a retry', () => {
  it.each([
    [1, 1000],
    [2, 2000],
    [4, 8000],
    [6, 30_000],
    [60, 30_000],
  ])('after %d failures is %d ms', (failures, ms) => expect(retryDelay(failures, null, { random: () => 0 })).toBe(ms));

  it('is spread by up to a fifth', () => expect(retryDelay(1, null, { random: () => 1 })).toBe(1200));

  it('is never shorter than the server demands', () => expect(retryDelay(1, 17, { random: () => 0 })).toBe(17_000));
});
