/**
 * Milliseconds until a failed request is tried again: doubling from one second to thirty, spread by up to a fifth so
 * that many pages do not come back at once; never before the server asked for (`retryAfter`, seconds).
 */
export function retryDelay(failures: number, retryAfter: number | null, random: () => number = Math.random): number {
  const backoff = Math.min(30_000, 1000 * 2 ** Math.min(failures - 1, 10)) * (1 + random() / 5);
  return Math.max(backoff, (retryAfter ?? 0) * 1000);
}
