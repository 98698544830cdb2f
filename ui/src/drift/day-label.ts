const DAY_MS = 86_400_000;
/** Days that JavaScript's dates reach, either side of 1970. */
const MOST_DAYS = 1e8;

/** "2024-03-31" of the days since 1970-01-01, which dates are in drift reports. */
export function dayLabel(days: number): string {
  if (!Number.isFinite(days)) return '–';
  return new Date(Math.max(-MOST_DAYS, Math.min(MOST_DAYS, days)) * DAY_MS).toISOString().replace(/T.*/, '');
}
