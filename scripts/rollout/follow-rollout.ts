import { setTimeout as sleep } from 'node:timers/promises';
import type { RolloutReport, RolloutView } from '@coppice/contract';
import { RefusedError, UnreachableError } from './ask-rollout.ts';
import { moveText } from './rollout-text.ts';

type Ended = RolloutReport & { rollout: RolloutView & { state: 'done' | 'rolled_back' | 'paused' } };
type Options = {
  ask: () => Promise<RolloutReport>;
  print: (line: string) => void;
  /** Milliseconds between two looks. */
  everyMs?: number;
  /** A gateway may restart meanwhile: so long it may be unreachable. */
  patienceMs?: number;
};

/**
 * Follows a rollout until it is done, with its promotion, rolled back or paused, and returns that report; prints each of its changes, and why it
 * stands still. Throws
 * `RefusedError` when another one took its place, and `UnreachableError` when the gateway stays away.
 */
export async function followRollout(
  first: RolloutReport,
  { ask, print, everyMs = 1000, patienceMs = 120_000 }: Options,
): Promise<Ended> {
  let report = first;
  let printed = 0;
  let held: string | null = null;
  for (;;) {
    const { rollout } = report;
    if (!rollout || rollout.period !== first.rollout?.period)
      throw new RefusedError('another rollout took the place of this one');
    for (; printed < rollout.moves.length; printed++) print(moveText(rollout, printed));
    if (rollout.state !== 'running' && !isPromoting(rollout))
      return { ...report, rollout: { ...rollout, state: rollout.state } };
    const now = heldOf(rollout);
    if (now !== held && now !== null) print(`  held: ${now}`);
    held = now;
    await sleep(everyMs);
    report = await patiently(ask, patienceMs);
  }
}

async function patiently(ask: Options['ask'], patienceMs: number): Promise<RolloutReport> {
  for (const end = Date.now() + patienceMs; ; await sleep(1000)) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof UnreachableError) || Date.now() >= end) throw error;
    }
  }
}

/** Done, and nothing is known of its promotion yet. */
const isPromoting = ({ state, promote, moves }: RolloutView) =>
  state === 'done' && promote?.state === 'waits' && moves.at(-2)?.state !== 'done';

const heldOf = ({ look }: RolloutView) => look?.held ?? null;
