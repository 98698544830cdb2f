/** A query string of the parameters that are not empty, with its question mark; null is written as an empty one. */
export function query(parameters: Record<string, string | null | undefined>): string {
  const filled = Object.entries(parameters).filter(([, value]) => value === null || !!value);
  return filled.length ? `?${new URLSearchParams(filled.map(([key, value]) => [key, value ?? '']))}` : '';
}
