import { setTimeout as sleep } from 'node:timers/promises';
import type { RetrainJob } from '@coppice/contract';
import type { Retrainer } from './retrainer.ts';

type Options = {
  retrainer: Pick<Retrainer, 'look' | 'idle' | 'stop'>;
  find: () => Promise<RetrainJob | null>;
  lookMs: number;
  /** Ends it; the job waits on. */
  signal: AbortSignal;
  say: (line: string) => void;
  /** Called once for each trouble that lasts. */
  warn: (line: string) => void;
};

/** Looks after a job until it waits no more, whatever is away meanwhile, and says each new state. Resolves with its last one. */
export async function untilDecided(
  state: RetrainJob['state'],
  { retrainer, find, lookMs, signal, say, warn }: Options,
): Promise<RetrainJob['state']> {
  let trouble: string | null = null;
  // another retrainer may run it meanwhile
  while ((waits(state) || state === 'running') && !signal.aborted) {
    await sleep(lookMs, null, { signal }).catch(() => {});
    if (signal.aborted) return state;
    try {
      await retrainer.look();
      // a job may have begun after the signal
      if (signal.aborted) await retrainer.stop();
      await retrainer.idle();
      const job = await find();
      if (job?.state !== state)
        say(`${job?.state ?? 'failed'}: ${job?.decision ?? 'The registry has the job no more.'}`);
      state = job?.state ?? 'failed';
      trouble = null;
    } catch (error) {
      const { message } = error as Error;
      if (message !== trouble) warn(`${message}; tries again every ${lookMs / 1000} s`);
      trouble = message;
    }
  }
  return state;
}

/** Whether a job is neither running nor at its end. */
export const waits = (state: RetrainJob['state']) => state === 'waits for traffic' || state === 'waits for approval';
