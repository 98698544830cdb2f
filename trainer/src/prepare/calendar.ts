/**
 * Month (1–12) of a day since 1970-01-01, by whole-number steps that ONNX has as well (H. Hinnant, "chrono-Compatible
 * Low-Level Date Algorithms", civil_from_days).
 */
export function monthOf(days: number): number {
  const z = Math.floor(days) + 719_468;
  const dayOfEra = z - Math.floor(z / 146_097) * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  return fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
}

/** Weekday of a day since 1970-01-01, a Thursday: 1 is Monday, 7 is Sunday. */
export function weekdayOf(days: number): number {
  const fromMonday = Math.floor(days) + 3;
  return fromMonday - Math.floor(fromMonday / 7) * 7 + 1;
}
