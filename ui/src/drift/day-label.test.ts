import { expect, it } from 'vitest';
import { dayLabel } from './day-label.ts';

it.each([
  [0, '1970-01-01'],
  [19_813.9, '2024-03-31'],
  [-1, '1969-12-31'],
  [1e150, '+275760-09-13'],
  [Number.NaN, '–'],
])('%d days are %s', (days, label) => {
  expect(dayLabel(days)).toBe(label);
});
