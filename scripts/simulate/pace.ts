type Schedule = {
  /** Requests per second. */
  rate: number;
  total: number;
};

export type Clock = {
  /** Milliseconds. */
  now(): number;
  sleep(ms: number): Promise<void>;
};

export const realClock: Clock = {
  now: () => performance.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

/** How many requests are due `elapsedMs` after the start: the first at once, request k after k / rate. */
export function dueBy(elapsedMs: number, { rate, total }: Schedule): number {
  return Math.min(total, Math.floor((elapsedMs * rate) / 1000) + 1);
}

/**
 * Sends on schedule, regardless of the answers (an open loop). It catches up at once what a late timer missed, so the
 * rate holds on average. It pauses only while `mayQueue` returns false, and ends early by `signal`. Resolves to the number
 * sent, and to the milliseconds that so many requests cover at the rate they really had.
 */
export async function pace(
  schedule: Schedule,
  { send, mayQueue, signal, clock }: { send(): void; mayQueue(): boolean; signal: AbortSignal; clock: Clock },
): Promise<{ sent: number; elapsedMs: number }> {
  const start = clock.now();
  let sent = 0;
  let last = start;
  while (sent < schedule.total && !signal.aborted) {
    const due = dueBy(clock.now() - start, schedule);
    while (sent < due && mayQueue()) {
      send();
      sent++;
      last = clock.now();
    }
    if (sent >= schedule.total) break;
    const wait = start + (sent * 1000) / schedule.rate - clock.now();
    await clock.sleep(Math.min(100, Math.max(1, wait)));
  }
  return { sent, elapsedMs: sent === 0 ? 0 : last - start + 1000 / schedule.rate };
}
