import { expect, it } from 'vitest';
import { dayOf, daysOf } from './days-of.ts';

it.each([
  ['1970-01-02', 1],
  ['1970-01-02T12:00', 1.5],
  ['1970-01-02 12:00', 1.5],
  ['1970-01-02T12:00Z', 1.5],
  ['1970-01-02T12:00+12:00', 1],
  ['1969-12-31', -1],
])('%s is %d days from 1970 on, wherever this runs', (text, days) => {
  expect(daysOf(text)).toBe(days);
});

it('what is no date is NaN', () => {
  expect(daysOf('soon')).toBeNaN();
});

it('a day is written as clients send it', () => {
  expect(dayOf(19_813.5)).toBe('2024-03-31');
});
