import type { RolloutState } from '@coppice/contract';
import type { RolloutPhase } from '../metrics/metric-names.ts';

/** The state of a rollout in one word; paused with whose weights are in force. */
export function rolloutPhase({ state, paused_by }: Pick<RolloutState, 'state' | 'paused_by'>): RolloutPhase {
  if (state !== 'paused') return state;
  return paused_by === 'human' ? 'paused_human' : 'paused_self';
}

/** Whether a rollout is still under way. */
export function isOpen({ state }: Pick<RolloutState, 'state'>): boolean {
  return state === 'running' || state === 'paused';
}
