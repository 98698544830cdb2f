import { setTimeout as sleep } from 'node:timers/promises';

type Options = {
  /** The condition, for the error. */
  what?: string;
  /** Details for the error, such as a log. */
  more?: () => string;
  seconds?: number;
  everyMs?: number;
};

/**
 * Calls until the result is neither false nor undefined nor an error, and returns it. Throws after `seconds`, with the
 * last error as the cause.
 */
export async function eventually<T>(
  ask: () => T | false | null | undefined | Promise<T | false | null | undefined>,
  { what = 'it holds', more = () => '', seconds = 60, everyMs = 50 }: Options = {},
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  let last: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== false && answer !== null && answer !== undefined) return answer;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) {
      // reports show messages without causes
      const reason = last instanceof Error ? ` Last error: ${last.message}` : '';
      throw new Error(`waited ${seconds} s without success until ${what}. ${more()}${reason}`, { cause: last });
    }
    await sleep(everyMs);
  }
}
