import { aliasOffer, pendingChange, previousReleases, verdict } from '@coppice/contract';
import { z } from 'zod';

const number = z.int().positive();

/** What may change about releases: everything but the releases themselves. */
export const registryState = z.object({
  aliases: z.object({ champion: number.nullable(), challenger: number.nullable() }),
  /** The last word on a release, by its number. */
  approvals: z.record(z.string(), verdict),
  /** Tags of a release, by its number. */
  tags: z.record(z.string(), z.record(z.string(), z.string())),
  /** What a rollback restores; null when the last promotion was rolled back, and before the first one. */
  previous: previousReleases.nullable(),
  /** What is begun and not ended; null when nothing is. */
  pending: pendingChange.nullable().default(null),
  /** At most one for each alias. */
  offers: z.array(aliasOffer).default([]),
});
export type RegistryState = z.infer<typeof registryState>;

export const actions = [
  'alias',
  'approve',
  'reject',
  'tag',
  'promote',
  'rollback',
  'finish',
  'prune',
  'offer',
  'decline',
] as const;

/** One change, and the state after it. Revisions count from 1. */
export const change = z.object({
  revision: number,
  time: z.iso.datetime(),
  who: z.string(),
  action: z.enum(actions),
  /** What was done, in words: `challenger: 7 → 8`. */
  what: z.string(),
  reason: z.string(),
  state: registryState,
});
export type Change = z.infer<typeof change>;

export const EMPTY: RegistryState = {
  aliases: { champion: null, challenger: null },
  approvals: {},
  tags: {},
  previous: null,
  pending: null,
  offers: [],
};
