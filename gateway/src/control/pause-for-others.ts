import type { RolloutState } from '@coppice/contract';
import { equalWeights } from './last-intent.ts';

type Change = { weights: Readonly<Record<string, number>>; who: string; reason: string; time: number };

/**
 * The rollout after something else than itself changed the weights: it steps aside. Unchanged when it has ended, when a
 * person's weights are in force already, or when the weights are its own. `time` in milliseconds since the epoch.
 */
export function pauseForOthers(rollout: RolloutState | null, change: Change): RolloutState | null {
  if (!rollout || !ownsWeights(rollout) || equalWeights(rollout.weights, change.weights)) return rollout;
  const reason = `${change.who} changed the weights: ${change.reason}`;
  const time = new Date(change.time).toISOString();
  const paused = { state: 'paused', paused_by: 'human' } as const;
  return {
    ...{ ...rollout, ...paused },
    moves: [...rollout.moves, { time, who: change.who, ...paused, percent: rollout.percent, reason }],
  };
}

/** Whether the weights in force have to be those that the rollout set. */
export function ownsWeights({ state, paused_by }: RolloutState): boolean {
  return state === 'running' || (state === 'paused' && paused_by === 'self');
}
