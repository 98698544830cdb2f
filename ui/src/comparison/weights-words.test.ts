import { expect, it } from 'vitest';
import { weightsWords } from './weights-words.ts';

it.each([
  [{ v1: 90, v2: 10 }, 'v1 90 %, v2 10 %'],
  [{ v1: 1, v2: 2, v3: 0 }, 'v1 33.3 %, v2 66.7 %'],
  [{ v1: 0 }, ''],
])('writes the weights %o as %s', (weights, words) => expect(weightsWords(weights)).toBe(words));
