import { expect, it } from 'vitest';
import { fieldText } from './date-field.ts';

it.each([
  ['2024-03-31', false, '2024-03-31'],
  ['2024-03-31', true, '2024-03-31T00:00'],
  ['2024-03-31T12:30:45Z', true, '2024-03-31T12:30'],
  ['2024-03-31T01:00+02:00', false, '2024-03-30'],
  ['2024-02-31', false, ''],
])('%s with a time (%s) is %s', (date, timed, text) => expect(fieldText(date, timed)).toBe(text));
