import { expect, it } from 'vitest';
import { rowsShare, shiftWords, sinceWords, twoDigits } from './drift-words.ts';

it('writes two significant digits, a shift with its sign', () => {
  expect([0.3971, 0.1, 12.4, 131, 0.0004, 0, -0.51].map(twoDigits)).toEqual([
    ...['0.40', '0.10', '12', '130', '< 0.001', '0', '−0.51'],
  ]);
  expect([1.51, -0.284, -0.2, 0, 22.4].map(shiftWords)).toEqual(['+1.5 σ', '−0.28 σ', '−0.20 σ', '0 σ', '+22 σ']);
});

it('writes shares of rows in whole percents, and never none where there are some', () => {
  expect([rowsShare(300, 500), rowsShare(1, 500), rowsShare(0, 500), rowsShare(0, 0)]).toEqual([
    ...['60 % of rows', '< 1 % of rows', '0 % of rows', '0 % of rows'],
  ]);
});

it('says for how long', () => {
  const now = Date.UTC(2026, 0, 1, 12);
  expect(sinceWords('2026-01-01T11:48:00.000Z', now)).toBe('for 12 min');
  expect(sinceWords('2026-01-01T11:59:30.000Z', now)).toBe('for less than a minute');
  expect(sinceWords(null, now)).toBe('');
});
