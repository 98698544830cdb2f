import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

const EVERY_MS = 250;

/** Tries again and again until `done` resolves to true, or `patienceMs` have passed, even while a try is under way. */
export async function tryUntil(done: () => Promise<boolean>, patienceMs: number, everyMs = EVERY_MS): Promise<void> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), patienceMs);
  const tries = async () => {
    while (!late.signal.aborted && !(await done())) await sleep(everyMs);
  };
  try {
    await Promise.race([tries(), once(late.signal, 'abort')]);
  } finally {
    clearTimeout(timer);
    late.abort();
  }
}
