import type { AuditEntry } from '@coppice/contract';
import { describe, expect, it } from 'vitest';
import { comparability, gateChanges, periodChanges } from './period-changes.ts';

const period = { since: Date.UTC(2026, 0, 10, 12), until: Date.UTC(2026, 0, 10, 13) };
const at = (minutes: number) => period.since + minutes * 60_000;
const state = (v1: number, v2: number, shadow: string | null = null) => ({ weights: { v1, v2 }, shadow });
const entry = (minutes: number, from: unknown, to: unknown): AuditEntry => ({
  ...{ id: 1, revision: 1, who: 'admin', action: 'x', reason: 'y', from, to },
  time: new Date(at(minutes)).toISOString(),
});

describe('the changes within a period', () => {
  it('are those of weights, shadow and model, newest first', () => {
    const audit = [
      entry(40, state(90, 10), state(50, 50, 'v2')),
      entry(10, state(50, 50), state(90, 10)),
      entry(-10, state(1, 1), state(50, 50)),
    ];
    const releases = [
      { version: 'v2', release: 'new', first: at(20) },
      { version: 'v2', release: 'old', first: at(1) },
      { version: 'v1', release: 'only', first: at(5) },
    ];
    expect(
      periodChanges(period, audit, releases).map(({ time, what, version }) => [time.slice(11, 16), what, version]),
    ).toEqual([
      ['12:40', 'weights', null],
      ['12:40', 'shadow', 'v2'],
      ['12:20', 'model', 'v2'],
      ['12:10', 'weights', null],
    ]);
  });

  it('are none when nothing really changed, at the ends, and at the first start', () => {
    const audit = [
      entry(60, state(50, 50), state(90, 10)),
      entry(30, state(50, 50), state(1, 1)),
      entry(20, null, state(50, 50)),
      entry(0, state(90, 10), state(50, 50)),
    ];
    expect(periodChanges(period, audit, [{ version: 'v1', release: 'a', first: at(10) }])).toEqual([]);
  });

  it('are also those that the gate made, which no audit has', () => {
    const epoch = (from: number, to: number, v2: number) => {
      const [since, until] = [from, to].map((minutes) => new Date(at(minutes)).toISOString()) as [string, string];
      return { since, until, weights: { v1: 50, v2 } };
    };
    const times = (...of: Parameters<typeof gateChanges>) => gateChanges(...of).map(({ time }) => time.slice(11, 16));
    expect(times(period, [epoch(1, 9, 0), epoch(10, 20, 50)], [])).toEqual(['12:10']);
    // out again, and back to the first epoch
    expect(times(period, [epoch(1, 40, 0), epoch(10, 20, 50)], [])).toEqual(['12:20']);
    // the same shares, of another release
    expect(times(period, [epoch(1, 9, 0), epoch(10, 20, 0)], [])).toEqual([]);
    expect(times(period, [epoch(-20, 2, 0), epoch(-10, -5, 50)], [])).toEqual([]);
    const audited = periodChanges(period, [entry(9.5, state(50, 0), state(50, 50))], []);
    expect(times(period, [epoch(1, 9, 0), epoch(10, 20, 50)], audited)).toEqual([]);
  });

  it('make its figures incomparable, and show from when on they are not', () => {
    const [change] = periodChanges(period, [entry(30.5, state(1, 1), state(9, 1))], []);
    const ends = { until: period.until, now: period.until };
    expect(comparability([], ends)).toEqual({ comparable: true, changes: [], comparable_since: null });
    expect(comparability([change as never], ends)).toEqual({
      ...{ comparable: false, changes: [change] },
      comparable_since: '2026-01-10T12:31:00.000Z',
    });
    const later = { until: period.until + 7_200_000, now: period.until + 3 * 86_400_000 };
    expect(comparability([change as never], later).comparable_since).toBe('2026-01-10T13:00:00.000Z');
    expect(comparability([change as never], { until: at(30.7), now: at(30.7) }).comparable_since).toBeNull();
  });
});
