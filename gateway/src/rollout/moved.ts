import type { RolloutMove, RolloutState } from '@coppice/contract';

/** What a rollout becomes. `weights`: those that it sets with it. */
export type Move = Pick<RolloutState, 'state' | 'paused_by' | 'step' | 'percent'> &
  Partial<Pick<RolloutState, 'weights' | 'releases' | 'step_period' | 'checks_period' | 'promote'>>;

/** More is kept in the audit. */
const MOST_MOVES = 100;

/** The rollout after a move, which its history keeps. `time` in milliseconds since the epoch. */
export function moved(
  rollout: RolloutState,
  move: Move,
  by: { who: string; reason: string; time: number },
): RolloutState {
  const { state, paused_by, percent } = move;
  const time = new Date(by.time).toISOString();
  const entry: RolloutMove = { time, who: by.who, state, paused_by, percent, reason: by.reason };
  const [start, ...later] = rollout.moves;
  const kept = start ? [start, ...later.slice(-MOST_MOVES)] : [];
  return { ...rollout, ...move, moves: [...kept, entry] };
}

/** Percent of the pair's weight at a step; the one after the last is 100. */
export function percentOf({ steps }: Pick<RolloutState, 'steps'>, step: number): number {
  return steps[step] ?? 100;
}
