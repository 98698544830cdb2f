import fc from 'fast-check';
import { expect, it } from 'vitest';
import { monthOf, weekdayOf } from './calendar.ts';

it('agrees with JavaScript’s own calendar from year −1000 to 5000, at any time of day', () => {
  const days = fc.double({ noNaN: true, min: -1_085_000, max: 1_106_000 });
  fc.assert(
    fc.property(days, (day) => {
      const date = new Date(Math.floor(day) * 86_400_000);
      expect([monthOf(day), weekdayOf(day)]).toEqual([date.getUTCMonth() + 1, date.getUTCDay() || 7]);
    }),
    { seed: 1, numRuns: 2000 },
  );
});
