import { setTimeout as sleep } from 'node:timers/promises';
import { StoreUnavailableError } from '@coppice/registry/stores/object-store';
import type { Mirror } from './mirror.ts';
import { MlflowAwayError } from './mlflow-client.ts';

/** Whose server is away: while it stays away, each look may name another reason. */
const outages = [MlflowAwayError, StoreUnavailableError];

type Options = {
  mirror: Pick<Mirror, 'look'>;
  everyMs: number;
  /** Ends it, after the look that is under way. */
  signal: AbortSignal;
  /** A line for people. */
  say: (line: string) => void;
};

/** Looks again and again until it is ended. What keeps a look from its end is said once, an outage whatever its reasons; and so is that it works again. */
export async function runMirror({ mirror, everyMs, signal, say }: Options): Promise<void> {
  let trouble: (typeof outages)[number] | string | null = null;
  while (!signal.aborted) {
    try {
      const lines = await mirror.look();
      if (trouble !== null) say('MLflow and the registry answer again');
      trouble = null;
      for (const line of lines) say(line);
    } catch (error) {
      const { message } = error as Error;
      const now = outages.find((outage) => error instanceof outage) ?? message;
      if (now !== trouble) say(`${message}; tries again every ${everyMs / 1000} s`);
      trouble = now;
    }
    await sleep(everyMs, undefined, { signal }).catch(() => {});
  }
}
