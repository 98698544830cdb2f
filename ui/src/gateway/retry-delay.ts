/**
 * Milliseconds until a failed request is retried: doubling from one second to `mostMs`, spread by up to a fifth so that
 * many pages do not come back at once; never less than the server's `retryAfter` (seconds).
 */
export function retryDelay(
  failures: number,
  retryAfter: number | null,
  { mostMs = 30_000, random = Math.random }: { mostMs?: number; random?: () => number } = {},
): number {
  const backoff = Math.min(mostMs, 1000 * 2 ** Math.min(failures - 1, 10)) * (1 + random() / 5);
  return Math.max(backoff, (retryAfter ?? 0) * 1000);
}
