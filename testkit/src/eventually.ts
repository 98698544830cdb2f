import { setTimeout as sleep } from 'node:timers/promises';

type Options = {
  /** What is waited for, for the error. */
  what?: string;
  /** More for the error, such as a log. */
  more?: () => string;
  seconds?: number;
  everyMs?: number;
};

/**
 * Asks until the answer is neither false nor nothing nor an error, and returns it. Throws after `seconds`, with the last
 * error as the cause.
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
    if (Date.now() > deadline) throw new Error(`waited ${seconds} s in vain until ${what}. ${more()}`, { cause: last });
    await sleep(everyMs);
  }
}
