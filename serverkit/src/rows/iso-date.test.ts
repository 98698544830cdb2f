import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DAYS, dateOfDays, daysOfDate } from './iso-date.ts';

it.each([
  ['1970-01-01', 0],
  ['1970-01-02T06:00', 1.25],
  ['1970-01-02 06:00:00Z', 1.25],
  ['1970-01-02T06:00:00+02:00', 1 + 4 / 24],
  ['2024-02-29', 19_782],
  ['0000-01-01', DAYS.min],
  ['9999-12-31', DAYS.max],
  ['9999-12-31T12:00:00Z', DAYS.max + 0.5],
])('reads %s as %d days', (text, days) => {
  expect(daysOfDate(text)).toBe(days);
});

it.each([
  '2023-02-29',
  '2024-13-01',
  '2024-00-10',
  '31.03.2024',
  '2024-3-1',
  '2024-03-31T24:00',
  '',
  'today',
  '2024-03-31T1:00',
  '2024-03-31T12:00+99:99',
  '2024-03-31T12:00+24:00',
  '0000-01-01T00:00+14:00',
  '9999-12-31T23:59:59-12:00',
])('refuses %j', (text) => {
  expect(daysOfDate(text)).toBeUndefined();
});

it('writes what it reads', () => {
  fc.assert(
    fc.property(fc.integer({ min: DAYS.min, max: DAYS.max }), fc.integer({ min: 0, max: 86_399_999 }), (day, ms) => {
      const days = day + ms / 86_400_000;
      expect(daysOfDate(dateOfDays(days))).toBeCloseTo(days, 8);
      expect(daysOfDate(dateOfDays(day))).toBe(day);
    }),
    { seed: 5 },
  );
});
