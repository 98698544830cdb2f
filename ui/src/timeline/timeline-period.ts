const HOUR_MS = 3_600_000;

/** The periods one chooses from, by what the address says, in milliseconds. */
export const timelinePeriods = {
  '1h': { name: '1 h', ms: HOUR_MS },
  '24h': { name: '24 h', ms: 24 * HOUR_MS },
  '7d': { name: '7 d', ms: 7 * 24 * HOUR_MS },
  '30d': { name: '30 d', ms: 30 * 24 * HOUR_MS },
} as const;
export type TimelinePeriod = keyof typeof timelinePeriods;

/** The period that the address names; the last hour where it names none that there is. */
export function timelinePeriod(named: string | null): TimelinePeriod {
  return named !== null && Object.hasOwn(timelinePeriods, named) ? (named as TimelinePeriod) : '1h';
}
