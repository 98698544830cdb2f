import { setTimeout as sleep } from 'node:timers/promises';
import type { Mirror } from './mirror.ts';

type Options = {
  mirror: Pick<Mirror, 'look'>;
  everyMs: number;
  /** Ends it, after the look that is under way. */
  signal: AbortSignal;
  /** A line for people. */
  say: (line: string) => void;
};

/** Looks again and again until it is ended. What keeps a look from its end is said once, and so is that it works again. */
export async function runMirror({ mirror, everyMs, signal, say }: Options): Promise<void> {
  let trouble: string | null = null;
  while (!signal.aborted) {
    try {
      const lines = await mirror.look();
      if (trouble !== null) say('MLflow and the registry answer again');
      trouble = null;
      for (const line of lines) say(line);
    } catch (error) {
      const { message } = error as Error;
      if (message !== trouble) say(`${message}; tries again every ${everyMs / 1000} s`);
      trouble = message;
    }
    await sleep(everyMs, undefined, { signal }).catch(() => {});
  }
}
