import { expect, it } from 'vitest';
import { newerWords, totalWords } from './total-words.ts';

it.each([
  [{ rows: 1240, exact: true }, false, '1,240 predictions'],
  [{ rows: 1, exact: true }, false, '1 prediction'],
  [{ rows: 1, exact: true }, true, '1 prediction matches'],
  [{ rows: 0, exact: true }, true, '0 predictions match'],
  [{ rows: 100_000, exact: false }, true, 'at least 100,000 predictions match'],
])('%j, filtered: %j, is "%s"', (total, filtered, words) => {
  expect(totalWords(total, filtered)).toBe(words);
});

it('says how many came since', () => {
  expect(newerWords({ rows: 37, exact: true })).toBe('37 new');
  expect(newerWords({ rows: 100_000, exact: false })).toBe('at least 100,000 new');
});
