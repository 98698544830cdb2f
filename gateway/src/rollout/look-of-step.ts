import type { RolloutLook, RolloutState } from '@coppice/contract';

/**
 * A look as one at the present step: of a running rollout, what a look before its last change saw of the step's clock, its
 * requests and what they waited for is about another step.
 */
export function lookOfStep(
  rollout: Pick<RolloutState, 'state' | 'moves'>,
  look: RolloutLook | null,
): RolloutLook | null {
  const last = rollout.moves.at(-1);
  if (!look || !last || rollout.state !== 'running' || look.time > last.time) return look;
  return { ...look, held: null, waits: null, step_seconds: 0, step_requests: 0 };
}
