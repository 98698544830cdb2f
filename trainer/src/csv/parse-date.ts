/** The order of day and month in dates with slashes. */
export type DateOrder = 'day first' | 'month first';

const dayMs = 86_400_000;
const time = String.raw`(?:[T ](\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?(Z|[+-]\d{2}:?\d{2}| ?[AaPp][Mm])?)?`;
const yearFirst = new RegExp(`^(\\d{4})([-/.])(\\d{1,2})\\2(\\d{1,2})${time}$`);
const yearLast = new RegExp(`^(\\d{1,2})([-/.])(\\d{1,2})\\2(\\d{4})${time}$`);

/** Days since 1970-01-01 of a date such as 2024-03-31, 2024-03-31 12:30, 31.03.2024 or 3/31/2024 2:05 PM; undefined if there is no such day. */
export function parseDate(text: string, order: DateOrder): number | undefined {
  const leading = yearFirst.exec(text);
  if (leading) return daysOf([leading[1], leading[3], leading[4]], leading.slice(5));
  const parts = yearLast.exec(text);
  if (!parts) return undefined;
  const isDayFirst = parts[2] === '.' || order === 'day first';
  const [day, month] = isDayFirst ? [parts[1], parts[3]] : [parts[3], parts[1]];
  return daysOf([parts[4], month, day], parts.slice(5));
}

/** The order in which all of these are dates; `isSure` unless both would do. Undefined: they are not dates. */
export function dateOrder(texts: readonly string[]): { order: DateOrder; isSure: boolean } | undefined {
  const fits = (['month first', 'day first'] as const).filter((order) =>
    texts.every((text) => parseDate(text, order) !== undefined),
  );
  const [order] = fits;
  if (!order) return undefined;
  const isSure =
    fits.length === 1 || texts.every((text) => parseDate(text, 'day first') === parseDate(text, 'month first'));
  return { order, isSure };
}

function daysOf(date: (string | undefined)[], clock: (string | undefined)[]): number | undefined {
  const [year, month, day] = date.map(Number) as [number, number, number];
  const midnight = new Date(0);
  midnight.setUTCFullYear(year, month - 1, day);
  if (midnight.getUTCMonth() !== month - 1 || midnight.getUTCDate() !== day) return undefined;
  const [written, minute, second] = clock.slice(0, 3).map((part) => Number(part ?? 0)) as [number, number, number];
  const half = /[AP]M/i.exec(clock[3] ?? '')?.[0].toUpperCase();
  if (half && (written < 1 || written > 12)) return undefined;
  const hour = half ? (written % 12) + (half === 'PM' ? 12 : 0) : written;
  if (hour > 23 || minute > 59 || second >= 60) return undefined;
  const [, sign, zoneHours, zoneMinutes] = /^([+-])(\d{2}):?(\d{2})$/.exec(clock[3] ?? '') ?? [];
  const zone = (Number(zoneHours ?? 0) * 60 + Number(zoneMinutes ?? 0)) * (sign === '-' ? -1 : 1);
  return (midnight.getTime() + ((hour * 60 + minute - zone) * 60 + second) * 1000) / dayMs;
}
