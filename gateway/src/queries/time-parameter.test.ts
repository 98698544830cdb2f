import { parseInput } from '@coppice/serverkit';
import { describe, expect, it } from 'vitest';
import { historyQuery } from './history-query.ts';
import { parseTime } from './time-parameter.ts';

const now = Date.UTC(2026, 0, 31, 12);

describe('a time of a query', () => {
  it.each([
    ['2026-01-31T12:00:00Z', now],
    ['2026-01-31T13:00:00.000+01:00', now],
    // what `+01:00` becomes in a query that is not escaped
    ['2026-01-31T13:00:00 01:00', now],
    ['2026-01-31T12:00:00.000000 00:00', now],
    ['2026-01-31T11:30:00-00:30', now],
    ['2026-01-31', Date.UTC(2026, 0, 31)],
    ['1960-01-01', 0],
    ['15m', now - 15 * 60_000],
    ['7d', now - 7 * 86_400_000],
  ])('%s is read', (text, time) => {
    expect(parseTime(text, now)).toBe(time);
  });

  it.each([
    '',
    '2026-02-30',
    '2026-01',
    '2026-01-31T12:00:00',
    '2026-01-31 12:00:00Z',
    '2026-01-31T12:00:00  01:00',
    '5y',
    '1.5h',
    'now',
  ])('%j is refused, with what is allowed', (text) => {
    expect(parseTime(text, now)).toBeNull();
    expect(() => parseInput(historyQuery, { since: text }, 'query')).toThrow(
      '/since of the query must be a time in ISO 8601, such as 2026-01-31 or 2026-01-31T12:00:00Z',
    );
  });
});
