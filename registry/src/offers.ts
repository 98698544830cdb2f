import type { Alias } from '@coppice/contract';
import { ChangeRefusedError } from './errors.ts';
import type { Author, NextState } from './promotion.ts';
import type { RegistryState } from './registry-state.ts';

/**
 * Keeps that `alias` was moved to `release` elsewhere; null when it is there already, or offered. Replaces an earlier offer.
 * Throws `ChangeRefusedError` for a release that was rejected.
 */
export function offered(state: RegistryState, alias: Alias, release: number, { who, time }: Author): NextState | null {
  const { aliases, approvals, offers } = state;
  if (aliases[alias] === release || offers.some((one) => one.alias === alias && one.release === release)) return null;
  const verdict = approvals[release];
  if (verdict?.approved === false) throw new ChangeRefusedError(`release ${release} was rejected by ${verdict.who}`);
  return {
    what: `${alias}: ${aliases[alias] ?? 'none'} → ${release} is offered`,
    state: {
      ...state,
      offers: [...offers.filter((one) => one.alias !== alias), { alias, release, who, since: time }],
    },
  };
}

/** Turns the offer for `alias` down. Throws `ChangeRefusedError` when there is none. */
export function declined(state: RegistryState, alias: Alias): NextState {
  const offer = state.offers.find((one) => one.alias === alias);
  if (!offer) throw new ChangeRefusedError(`nobody offers another ${alias}`);
  return {
    what: `${alias}: ${offer.release}, which ${offer.who} offers, is declined`,
    state: { ...state, offers: state.offers.filter((one) => one !== offer) },
  };
}

/** The offers that a change leaves: not those that it fulfils, nor those of a release that is rejected or not there any more. */
export function openOffers(
  { offers, aliases, approvals }: RegistryState,
  gone: readonly number[] = [],
): RegistryState['offers'] {
  return offers.filter(
    ({ alias, release }) =>
      aliases[alias] !== release && approvals[release]?.approved !== false && !gone.includes(release),
  );
}
