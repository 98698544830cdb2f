const DAY_MS = 86_400_000;
const form =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2}(?:\.\d{1,9})?))?(Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)?)?$/;

/**
 * Days since 1970-01-01 of an ISO 8601 date, with a time or without (`2024-03-31`, `2024-03-31T12:30Z`); a time without an
 * offset is UTC. Undefined if there is no such day or moment, or its day in UTC is none of the years 0 to 9999.
 */
export function daysOfDate(text: string): number | undefined {
  const parts = form.exec(text);
  if (!parts) return undefined;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map((part) => Number(part ?? 0)) as number[];
  const midnight = new Date(0);
  midnight.setUTCFullYear(year as number, (month as number) - 1, day);
  if (midnight.getUTCMonth() !== (month as number) - 1 || midnight.getUTCDate() !== day) return undefined;
  if ((hour as number) > 23 || (minute as number) > 59 || (second as number) >= 60) return undefined;
  const [, sign, zoneHours, zoneMinutes] = /^([+-])(\d{2}):?(\d{2})$/.exec(parts[7] ?? '') ?? [];
  const zone = (Number(zoneHours ?? 0) * 60 + Number(zoneMinutes ?? 0)) * (sign === '-' ? -1 : 1);
  const minutes = (hour as number) * 60 + (minute as number) - zone;
  const days = (midnight.getTime() + (minutes * 60 + (second as number)) * 1000) / DAY_MS;
  return isDay(days) ? days : undefined;
}

/** The date of so many days since 1970-01-01, with a time (UTC, to the millisecond) where they are not whole. */
export function dateOfDays(days: number): string {
  const text = new Date(Math.round(days * DAY_MS)).toISOString();
  return text.endsWith('T00:00:00.000Z') ? text.slice(0, 10) : text;
}

/** First and last day that dates have: ISO 8601 writes years with four digits. */
export const DAYS = { min: -719_528, max: 2_932_896 } as const;

/** Whether `dateOfDays` can write so many days since 1970: up to the last millisecond of the last day. */
export function isDay(days: number): boolean {
  const ms = Math.round(days * DAY_MS);
  return ms >= DAYS.min * DAY_MS && ms < (DAYS.max + 1) * DAY_MS;
}
