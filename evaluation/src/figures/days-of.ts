const DAY_MS = 86_400_000;

/** Days since 1970-01-01 of an ISO 8601 date, with a time or without; a time without an offset is UTC. NaN if it is none. */
export function daysOf(text: string): number {
  const iso = text.replace(' ', 'T');
  const hasOffset = /T.*(Z|[+-]\d\d:?\d\d)$/.test(iso);
  return Date.parse(iso.includes('T') && !hasOffset ? `${iso}Z` : iso) / DAY_MS;
}

/** The day, such as `2024-03-31`, of so many days since 1970-01-01. */
export function dayOf(days: number): string {
  return new Date(days * DAY_MS).toISOString().slice(0, 10);
}
