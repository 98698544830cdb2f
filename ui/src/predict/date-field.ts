import { dateOfDays, daysOfDate } from '@coppice/serverkit/iso-date';

/** An ISO 8601 date as a native date field shows it, or date and time in UTC; empty if there is no such date. */
export function fieldText(date: string, timed: boolean): string {
  const days = daysOfDate(date);
  if (days === undefined) return '';
  const text = dateOfDays(days);
  if (!timed) return text.slice(0, 10);
  return text.length > 10 ? text.slice(0, 16) : `${text}T00:00`;
}
