import type { PendingChange } from '@coppice/contract';
import { ChangeRefusedError, RegistryConflictError } from './errors.ts';
import type { RegistryState } from './registry-state.ts';

/** A change in words, and the state after it. */
export type NextState = { what: string; state: RegistryState };

type Weights = Record<string, number>;

/** Who changes it, when and why. */
export type Author = { who: string; reason: string; time: string };

export type Promotion = {
  /** Refused unless this is the challenger. */
  release?: number;
  /** Weights of before, which a rollback restores; null if they are not known. */
  weights: Weights | null;
  approval: 'required' | 'auto';
  /** Approves it first. */
  approve?: boolean;
  /** Weights to set once the champion's version serves it: until then the change is pending. */
  sets?: Weights;
};

export type Rollback = {
  /** As of a promotion. */
  sets?: Weights;
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
 * Why the challenger cannot become champion as the registry is, or null: something is pending, there is none, it is champion
 * already, was rejected, or is not approved where that is required.
 */
export function whyNotPromotable(
  { aliases, approvals, pending }: RegistryState,
  { approval, approve = false }: Pick<Promotion, 'approval' | 'approve'>,
): string | null {
  const { champion, challenger } = aliases;
  if (pending) return `${changeName(pending)} is not finished yet`;
  if (challenger === null) return 'there is no challenger';
  if (challenger === champion) return `release ${challenger} is champion already`;
  const verdict = approvals[challenger];
  if (approve || verdict?.approved) return null;
  if (verdict) return `release ${challenger} was rejected by ${verdict.who}: ${verdict.reason || 'no reason given'}`;
  return approval === 'required' ? `release ${challenger} is not approved` : null;
}

/**
 * The challenger becomes champion, and what was before is kept for a rollback. Throws `ChangeRefusedError` for what
 * `whyNotPromotable` says, and `RegistryConflictError` when another release is the challenger.
 */
export function promoted(state: RegistryState, promotion: Promotion, author: Author): NextState {
  const { champion, challenger } = state.aliases;
  const { release, weights, approve = false, sets } = promotion;
  if (release !== undefined && challenger !== null && challenger !== release)
    throw new RegistryConflictError(`the challenger is release ${challenger} by now, not ${release}`);
  const why = whyNotPromotable(state, promotion);
  if (why !== null || challenger === null) throw new ChangeRefusedError(why ?? 'there is no challenger');
  const { who, reason, time } = author;
  const approves = approve && !state.approvals[challenger]?.approved;
  return {
    what: `${approves ? `release ${challenger} is approved; ` : ''}champion: ${champion ?? 'none'} → ${challenger}`,
    state: {
      ...state,
      ...(approves ? { approvals: { ...state.approvals, [challenger]: { approved: true, who, time, reason } } } : {}),
      aliases: { champion: challenger, challenger },
      previous: champion === null ? null : { champion, challenger, weights },
      pending: sets ? pendingOf('promote', challenger, sets, author) : null,
    },
  };
}

/**
 * The champion of before the last promotion, even while that is pending. A challenger that came in since stays. Throws
 * `ChangeRefusedError` when there is no other champion of before.
 */
export function rolledBack(state: RegistryState, { sets }: Rollback, author: Author): NextState {
  const { aliases, previous } = state;
  if (!previous) throw new ChangeRefusedError('there is no earlier champion to go back to');
  const { champion } = previous;
  if (champion === aliases.champion) throw new ChangeRefusedError(`release ${champion} is champion already`);
  const challenger = aliases.challenger === aliases.champion ? previous.challenger : aliases.challenger;
  return {
    what: `champion: ${aliases.champion ?? 'none'} → ${champion}`,
    state: {
      ...state,
      aliases: { champion, challenger },
      previous: null,
      pending: sets ? pendingOf('rollback', champion, sets, author) : null,
    },
  };
}

/** Ends what is pending; null when that is something else by now. */
export function finished(state: RegistryState, pending: PendingChange): NextState | null {
  const { change, release, since } = pending;
  const now = state.pending;
  if (now?.change !== change || now.release !== release || now.since !== since) return null;
  return { what: `${changeName(pending)} is finished`, state: { ...state, pending: null } };
}

/** `the promotion of release 2`, `the rollback to release 1`. */
export function changeName({ change, release }: Pick<PendingChange, 'change' | 'release'>): string {
  return change === 'promote' ? `the promotion of release ${release}` : `the rollback to release ${release}`;
}

function pendingOf(
  change: PendingChange['change'],
  release: number,
  weights: Weights,
  { who, reason, time }: Author,
): PendingChange {
  return { change, release, weights, since: time, who, reason };
}
