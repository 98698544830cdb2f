import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coverPeriod, MINUTES_KEPT_MS, RESOLUTIONS } from './cover-period.ts';

const [DAY, HOUR, MINUTE] = RESOLUTIONS;
const NOW = Date.UTC(2026, 10, 21, 12, 34, 56);

describe('covering a period with summary steps', () => {
  it('takes minutes, hours and days where they fit', () => {
    const since = Date.UTC(2026, 10, 19, 13, 58, 30);
    const { spans } = coverPeriod(since, NOW, NOW);
    expect(spans.map(({ resolution, from, to }) => [resolution, (to - from) / resolution])).toEqual([
      [MINUTE, 2],
      [HOUR, 10],
      [DAY, 1],
      [HOUR, 12],
      [MINUTE, 35],
    ]);
  });

  it('knows only hours of what is more than two days ago', () => {
    const { since, until } = coverPeriod(Date.UTC(2026, 9, 1, 5, 30), Date.UTC(2026, 9, 1, 7, 1), NOW);
    expect([since, until]).toEqual([Date.UTC(2026, 9, 1, 5), Date.UTC(2026, 9, 1, 8)]);
  });

  it.each([
    [2 * 86_400_000, Date.UTC(2026, 10, 19, 12, 34)],
    [2 * 86_400_000 + 1, Date.UTC(2026, 10, 19, 12)],
  ])('knows minutes of what is %i ms ago and no more: from %i on', (ago, from) => {
    expect(coverPeriod(NOW - ago, NOW, NOW).since).toBe(from);
  });

  it('covers nothing of a period that ends before it begins', () => {
    const since = Date.UTC(2026, 10, 21, 12);
    expect(coverPeriod(since, since - HOUR, NOW)).toEqual({ since, until: since, spans: [] });
  });

  it('covers every period once, without gaps, widened by less than a step', () => {
    const time = fc.integer({ min: NOW - 40 * DAY, max: NOW + HOUR });
    fc.assert(
      fc.property(time, time, (a, b) => {
        const [asked, end] = a < b ? [a, b] : [b, a];
        const { since, until, spans } = coverPeriod(asked, end, NOW);
        let at = since;
        for (const { resolution, from, to } of spans) {
          expect(from).toBe(at);
          expect(from % resolution).toBe(0);
          expect(to % resolution).toBe(0);
          expect(to).toBeGreaterThan(from);
          if (resolution === MINUTE) expect(from).toBeGreaterThanOrEqual(NOW - MINUTES_KEPT_MS - HOUR);
          at = to;
        }
        expect(at).toBe(until);
        expect(asked - since).toBeGreaterThanOrEqual(0);
        expect(until - end).toBeGreaterThanOrEqual(0);
        expect(asked - since).toBeLessThan(asked < NOW - MINUTES_KEPT_MS ? HOUR : MINUTE);
        expect(until - end).toBeLessThan(end < NOW - MINUTES_KEPT_MS ? HOUR : MINUTE);
        expect(spans.length).toBeLessThanOrEqual(5);
      }),
    );
  });
});
