import { expect, it } from 'vitest';
import { costMatrix } from './cost-matrix.ts';

it('costs nothing where nothing is said, and gains where it is negative', () => {
  expect(costMatrix(['no', 'yes'], { yes: { no: 5, yes: -2 } })).toEqual([
    [0, 0],
    [5, -2],
  ]);
});

it('names the class that is none', () => {
  expect(() => costMatrix(['no', 'yes'], { maybe: { no: 5 } })).toThrow(
    'a cost names the class "maybe"; the model\'s are no, yes',
  );
  expect(() => costMatrix(['no', 'yes'], { no: { maybe: 5 } })).toThrow(RangeError);
});

it('refuses what is no number', () => {
  expect(() => costMatrix(['no', 'yes'], { no: { yes: Number.NaN } })).toThrow(RangeError);
});
