import { expect, it } from 'vitest';
import { counted, percent, quotedNames } from './words.ts';

it('words agree with their number', () => {
  expect([0, 1, 2, 1200].map((rows) => counted(rows, 'row'))).toEqual(['0 rows', '1 row', '2 rows', '1,200 rows']);
});

it('a share is rounded, but not to all or nothing', () => {
  expect([0, 0.0001, 0.5, 0.9336, 0.99999, 1].map(percent)).toEqual([
    '0 %',
    'under 0.1 %',
    '50 %',
    '93.4 %',
    'over 99.9 %',
    '100 %',
  ]);
});

it('many or long names are cut', () => {
  expect(quotedNames(['a'])).toBe('"a"');
  expect(quotedNames(['a', 'b', 'c'])).toBe('"a", "b" and "c"');
  expect(quotedNames([...'abcdefgh'])).toBe('"a", "b", "c", "d", "e" and 3 more');
  expect(quotedNames(['x'.repeat(60)])).toBe(`"${'x'.repeat(39)}…"`);
});
