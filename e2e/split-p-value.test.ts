import { expect, it } from 'vitest';
import { splitPValue } from './stack/split.ts';

it.each([
  ['as weighted', { v1: 700, v2: 300 }, { v1: 70, v2: 30 }, 1],
  ['the other way round', { v1: 300, v2: 700 }, { v1: 70, v2: 30 }, 0],
  ['all to the one with weight', { v2: 1000 }, { v1: 0, v2: 100 }, 1],
  ['one to a version without weight', { v1: 1, v2: 999 }, { v1: 0, v2: 100 }, 0],
  ['one to a version that is not there', { v1: 999, v3: 1 }, { v1: 100 }, 0],
])(
  'the χ² of a split says so: %s',
  (_what, counts: Record<string, number>, weights: Record<string, number>, expected) => {
    expect(splitPValue(counts, weights)).toBeCloseTo(expected, 6);
  },
);
