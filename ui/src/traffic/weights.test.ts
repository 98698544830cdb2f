import { describe, expect, it } from 'vitest';
import { sameSplit, shareOf, soleVersion, toPercentWeights, weightsProblem, withWeight } from './weights.ts';

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

  it('of two versions keep their total, of more they do not', () => {
    expect(withWeight({ v1: 50, v2: 50 }, 'v1', 90)).toEqual({ v1: 90, v2: 10 });
    expect(withWeight({ v1: 50, v2: 50 }, 'v1', 900)).toEqual({ v1: 900, v2: 50 });
    expect(withWeight({ v1: 50, v2: 50, v3: 0 }, 'v3', 10)).toEqual({ v1: 50, v2: 50, v3: 10 });
  });

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
