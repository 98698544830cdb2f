import { vi } from 'vitest';

/** For tests: waits until `check` no longer throws, long enough for a busy machine. */
export function until<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 20_000, interval: 20 });
}
