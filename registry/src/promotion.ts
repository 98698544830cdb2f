import { ChangeRefusedError, RegistryConflictError } from './errors.ts';
import type { RegistryState } from './registry-state.ts';

/** A change in words, and the state after it. */
export type NextState = { what: string; state: RegistryState };

export type Promotion = {
  /** Weights of before, which a rollback restores; null if they are not known. */
  weights: Record<string, number> | null;
  approval: 'required' | 'auto';
};

/** The first champion and challenger, both with the tag `note`. Throws `RegistryConflictError` when there is a champion. */
export function begun(state: RegistryState, numbers: readonly [number, number?], note: string): NextState {
  if (state.aliases.champion !== null) throw new RegistryConflictError('there is a champion already');
  const [champion, challenger = null] = numbers;
  const tags = { ...state.tags };
  for (const number of [champion, challenger]) if (number !== null) tags[number] = { ...tags[number], note };
  const what = `champion: none → ${champion}${challenger === null ? '' : `, challenger: none → ${challenger}`}`;
  return { what, state: { ...state, tags, aliases: { champion, challenger } } };
}

/**
 * The challenger becomes champion, and what was before is kept for a rollback. Throws `ChangeRefusedError` without a
 * challenger, or if it is the champion already, was rejected, or is not approved where that is required.
 */
export function promoted(state: RegistryState, { weights, approval }: Promotion): NextState {
  const { champion, challenger } = state.aliases;
  if (challenger === null) throw new ChangeRefusedError('there is no challenger');
  if (challenger === champion) throw new ChangeRefusedError(`release ${challenger} is champion already`);
  const verdict = state.approvals[challenger];
  if (verdict ? !verdict.approved : approval === 'required')
    throw new ChangeRefusedError(
      verdict
        ? `release ${challenger} was rejected by ${verdict.who}: ${verdict.reason || 'no reason given'}`
        : `release ${challenger} is not approved`,
    );
  return {
    what: `champion: ${champion ?? 'none'} → ${challenger}`,
    state: {
      ...state,
      aliases: { champion: challenger, challenger },
      previous: champion === null ? null : { champion, challenger, weights },
    },
  };
}

/** The champion of before the last promotion. Throws `ChangeRefusedError` when there is none. */
export function rolledBack({ aliases, previous, ...state }: RegistryState): NextState {
  if (!previous) throw new ChangeRefusedError('there is no earlier champion to go back to');
  const { champion, challenger } = previous;
  return {
    what: `champion: ${aliases.champion ?? 'none'} → ${champion}`,
    state: { ...state, aliases: { champion, challenger }, previous: null },
  };
}
