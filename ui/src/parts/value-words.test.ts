import { expect, it } from 'vitest';
import { valueWords } from './value-words.ts';

it.each([
  [4.25, '4.25'],
  [12_345.678, '12,350'],
  ['Biscoe', 'Biscoe'],
  ['12.50', '12.50'],
  ['2024-03-31', '2024-03-31'],
  [true, 'yes'],
  [false, 'no'],
  [null, 'missing'],
])('%j is written as %s', (value, words) => expect(valueWords(value)).toBe(words));
