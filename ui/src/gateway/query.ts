/** A query string of the parameters that are not empty, with its question mark. */
export function query(parameters: Record<string, string | undefined>): string {
  const filled = Object.entries(parameters).filter((pair): pair is [string, string] => !!pair[1]);
  return filled.length ? `?${new URLSearchParams(filled)}` : '';
}
