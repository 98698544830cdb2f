import { z } from 'zod';

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const isoTime = z.union([z.iso.datetime({ offset: true }), z.iso.date()]);

/**
 * A time of a query in milliseconds since the epoch: ISO 8601 (a date is its midnight in UTC), or how long ago, such as
 * `90s`, `15m`, `24h`, `7d`.
 */
export const timeParameter = z
  .string()
  .transform((text, context) => {
    const time = parseTime(text, Date.now());
    if (time !== null) return time;
    context.addIssue(
      'must be a time in ISO 8601, such as 2026-01-31 or 2026-01-31T12:00:00Z, or how long ago, such as 15m, 24h or 7d',
    );
    return z.NEVER;
  })
  .describe('ISO 8601 (a date is its midnight in UTC), or how long ago: `90s`, `15m`, `24h`, `7d`.');

export function parseTime(text: string, now: number): number | null {
  const [, amount, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  if (amount !== undefined) return Math.max(0, now - Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS]);
  // a plus that is not escaped in a query is a space
  const time = text.replace(/ (?=\d\d:\d\d$)/, '+');
  return isoTime.safeParse(time).success ? Math.max(0, Date.parse(time)) : null;
}
