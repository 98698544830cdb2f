import { expect, it } from 'vitest';
import { stillWords } from './still-words.ts';

it.each([
  ['accuracy', null, null],
  ['accuracy', { effect: 0.02, rows: 0, seconds: 0 }, 'A difference of 2 points would show by now.'],
  [
    'accuracy',
    { effect: 0.02, rows: 8120, seconds: 40_400 },
    'A difference of 2 points shows in about 11 h: after 8,120 more rows with feedback.',
  ],
  [
    'cost',
    { effect: 0.1, rows: 1, seconds: null },
    'A difference of 0.1 never shows at this traffic: it needs 1 more row with feedback.',
  ],
] as const)('says how long a comparison of %s still takes: %o', (metric, still, words) => {
  expect(stillWords({ metric, still })).toBe(words);
});
