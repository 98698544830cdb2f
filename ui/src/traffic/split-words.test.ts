import { expect, it } from 'vitest';
import { splitWords } from './split-words.ts';

it.each([
  [{ v1: 100, v2: 0 }, 'v1 100 %, v2 0 %'],
  [{ v1: 1, v2: 999 }, 'v1 0.1 %, v2 99.9 %'],
  [{}, ''],
])('%j is "%s"', (weights, words) => expect(splitWords(weights as never)).toBe(words));
