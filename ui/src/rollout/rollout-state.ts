import type { RolloutCommand, RolloutState } from '@coppice/contract';

type Phase = Pick<RolloutState, 'state' | 'paused_by'>;

export const isOver = ({ state }: Phase) => state === 'done' || state === 'rolled_back';

/** Whether the rollout's own weights are in force, so that somebody else's pause it. */
export const pausesForOthers = ({ state, paused_by }: Phase) =>
  state === 'running' || (state === 'paused' && paused_by === 'self');

/** What a person may do with a rollout in this state. */
export function possibleCommands({ state }: Phase): RolloutCommand[] {
  if (state === 'running') return ['pause', 'promote', 'abort'];
  return state === 'paused' ? ['resume', 'promote', 'abort'] : [];
}

/** The state in a few words. */
export function stateWords({ state, paused_by }: Phase): string {
  if (state === 'rolled_back') return 'rolled back';
  return state === 'paused' && paused_by === 'human' ? "paused, others' weights in force" : state;
}

export type TrackStep = { percent: number; is: 'passed' | 'present' | 'left' | 'ahead' };

/** The steps with 100 at the end. `left`: the one from which the candidate was rolled back. */
export function trackOf({ steps, step, state }: Pick<RolloutState, 'steps' | 'step' | 'state'>): TrackStep[] {
  const present = state === 'done' ? steps.length : step;
  return [...steps, 100].map((percent, i) => {
    if (i === present) return { percent, is: state === 'rolled_back' ? 'left' : 'present' };
    return { percent, is: i < present ? 'passed' : 'ahead' };
  });
}

/** The steps that a resume or a promotion may go on with, the usual one first. */
export function stepChoices(
  { steps, step }: Pick<RolloutState, 'steps' | 'step'>,
  command: 'resume' | 'promote',
): number[] {
  const all = [...steps, 100];
  if (command === 'promote') return all.slice(step + 1);
  const present = all[step];
  return present === undefined ? all : [present, ...steps.filter((percent) => percent !== present)];
}
