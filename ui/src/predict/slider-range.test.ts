import { describe, expect, it } from 'vitest';
import { dateRange, onStep, position, sliderRange } from './slider-range.ts';

describe('the range of a slider', () => {
  it.each([
    [
      { min: 4.3, max: 7.9, step: 0.1 },
      { min: 3.4, max: 8.8, step: 0.1 },
    ],
    [
      { min: 0.1, max: 2.5, step: 0.1 },
      { min: 0, max: 3.1, step: 0.1 },
    ],
    [
      { min: -10, max: 10, step: 5 },
      { min: -15, max: 15, step: 5 },
    ],
    [
      { min: 5, max: 5, step: 1 },
      { min: 3, max: 7, step: 1 },
    ],
    [
      { min: 0, max: 0, step: 1 },
      { min: 0, max: 1, step: 1 },
    ],
  ])('of %j goes beyond the training values', (feature, range) => expect(sliderRange(feature)).toEqual(range));

  it('of a date is in days, and ends where dates end', () => {
    expect(dateRange({ min: 19_800, max: 19_804.5, step: 0.5 })).toEqual({ min: 19_798, max: 19_806, step: 0.5 });
    expect(dateRange({ min: -719_528, max: 2_932_896, step: 100 })).toEqual({ min: -719_528, max: 2_932_896, step: 1 });
  });

  it('puts values on the step and inside', () => {
    const range = { min: 3.4, max: 8.8, step: 0.1 };
    expect(onStep(5.845, range)).toBe(5.8);
    expect(onStep(0.1 + 0.2 + 4, range)).toBe(4.3);
    expect(onStep(99, range)).toBe(8.8);
    expect(onStep(-99, range)).toBe(3.4);
  });

  it('gives the position of a value', () => {
    expect(position(5, { min: 0, max: 10, step: 1 })).toBe(0.5);
    expect(position(5, { min: 5, max: 5, step: 1 })).toBe(0);
  });
});
