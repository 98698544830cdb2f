import { describe, expect, it } from 'vitest';
import { nextStep, raisedTo, sameSplit, shareOf, soleVersion, toPercentWeights, weightsProblem } from './weights.ts';

describe('weights', () => {
  it('are shares of their total', () => {
    expect(shareOf({ v1: 3, v2: 1 }, 'v1')).toBe(0.75);
    expect(shareOf({ v1: 0, v2: 0 }, 'v1')).toBe(0);
    expect(shareOf({ v1: 1 }, 'v9')).toBe(0);
  });

  it.each([
    [{ v1: 1, v2: 1 }, { v1: 50, v2: 50 }, true],
    [{ v1: 1 }, { v1: 7, v2: 0 }, true],
    [{ v1: 90, v2: 10 }, { v1: 10, v2: 90 }, false],
  ])('%j and %j split alike: %s', (a, b, same) => expect(sameSplit(a, b as never)).toBe(same));

  it.each([
    [
      { v1: 1, v2: 1 },
      { v1: 50, v2: 50 },
    ],
    [
      { v1: 1, v2: 1, v3: 1 },
      { v1: 34, v2: 33, v3: 33 },
    ],
    [
      { v1: 900, v2: 100 },
      { v1: 900, v2: 100 },
    ],
    [
      { v1: 0, v2: 0 },
      { v1: 0, v2: 0 },
    ],
  ])('%j are for a slider %j', (weights, expected) => expect(toPercentWeights(weights as never)).toEqual(expected));

  it.each([
    [{ v1: 90, v2: 10 }, 25],
    [{ v1: 1, v2: 0 }, 1],
    [{ v1: 50, v2: 25, v3: 25 }, 50],
    [{ v1: 600, v2: 1, v3: 399 }, 5],
  ])('%j give v2 %i percent, and the others keep their ratio', (before, percent) => {
    const after = raisedTo(before as never, 'v2', percent) ?? {};
    expect(weightsProblem(after)).toBeNull();
    expect(shareOf(after, 'v2')).toBeCloseTo(percent / 100, 12);
    expect(shareOf(after, 'v1') * shareOf(before as never, 'v3')).toBeCloseTo(
      shareOf(after, 'v3') * shareOf(before as never, 'v1'),
      12,
    );
  });

  it('are of 100 where that is exact', () => {
    expect(raisedTo({ v1: 90, v2: 10 }, 'v2', 25)).toEqual({ v1: 75, v2: 25 });
    expect(raisedTo({ v1: 60, v2: 10, v3: 30 }, 'v2', 100)).toEqual({ v1: 0, v2: 100, v3: 0 });
    expect(raisedTo({ v1: 0, v2: 7 }, 'v2', 100)).toEqual({ v1: 0, v2: 100 });
  });

  it('cannot give less than everything to a version that is alone', () => {
    expect(raisedTo({ v1: 0, v2: 7 }, 'v2', 50)).toBeNull();
  });

  it.each([
    [0, 1],
    [0.01, 5],
    [0.1, 25],
    [0.3, 50],
    [0.5, null],
    [1, null],
  ])('from a share of %s go to %s percent next', (share, step) => expect(nextStep(share)).toBe(step));

  it.each([
    [{ v1: 1, v2: null }, 'v2'],
    [{ v1: 1.5 }, 'v1'],
    [{ v1: -1 }, 'v1'],
    [{ v1: 0, v2: 0 }, 'above 0'],
  ])('%j are refused', (weights, word) => expect(weightsProblem(weights as never)).toContain(word));

  it('are accepted when whole and not all zero', () => expect(weightsProblem({ v1: 0, v2: 1 })).toBeNull());

  it('name the version that receives everything', () => {
    expect(soleVersion({ v1: 0, v2: 3 })).toBe('v2');
    expect(soleVersion({ v1: 1, v2: 3 })).toBeNull();
  });
});
