import type { TimedRow } from './recorded-row.ts';

/** Share of the recorded rows that are held out for testing: the newest. */
export const TEST_SHARE = 0.2;

/** The newest rows to test on; every row of the others is older than each of them. `rows` are the oldest first. */
export function splitByTime(rows: readonly TimedRow[], share = TEST_SHARE): { train: TimedRow[]; test: TimedRow[] } {
  const begin = rows[rows.length - Math.max(1, Math.round(rows.length * share))]?.time ?? 0;
  return { train: rows.filter(({ time }) => time < begin), test: rows.filter(({ time }) => time >= begin) };
}
