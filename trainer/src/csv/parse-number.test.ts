import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseNumber } from './parse-number.ts';

it('reads back every number that JavaScript writes', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, min: -1e100, max: 1e100 }), (value) => {
      expect(parseNumber(` ${value}\t`)).toBe(Object.is(value, -0) ? 0 : value);
    }),
    { seed: 5 },
  );
});

it.each(['1', '+1.5', '-.5', '5.', '1E3', '1e-3'])('takes %s', (text) => {
  expect(parseNumber(text)).toBe(Number(text));
});

it.each(['NaN', 'Infinity', '0x10', '1,5', '1_000', '1 000', '--1', '.', 'e5', '१'])('does not take %s', (text) => {
  expect(parseNumber(text)).toEqual({ problem: 'is not a number' });
});
