import { expect, it } from 'vitest';
import { namedValues } from './named-values.ts';

it('names the values of a row in its own order', () => {
  expect(namedValues(['colour', 'petal_length', 'ripe'], ['dark red', 4.2, true])).toBe(
    'colour dark red, petal length 4.2, ripe yes',
  );
  expect(namedValues(['colour'], [null])).toBe('colour missing');
});

it('counts values without a name', () => {
  expect(namedValues([], [1, 'x'])).toBe('feature 1 1, feature 2 x');
});
