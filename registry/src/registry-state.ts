import { z } from 'zod';

export const aliases = ['champion', 'challenger'] as const;
export type Alias = (typeof aliases)[number];

const number = z.int().positive();

const verdict = z.object({
  approved: z.boolean(),
  who: z.string(),
  time: z.iso.datetime(),
  reason: z.string(),
});

/** What may change about releases: everything but the releases themselves. */
export const registryState = z.object({
  aliases: z.object({ champion: number.nullable(), challenger: number.nullable() }),
  /** The last word on a release, by its number. */
  approvals: z.record(z.string(), verdict),
  /** Tags of a release, by its number. */
  tags: z.record(z.string(), z.record(z.string(), z.string())),
  /** What a rollback restores; null when the last promotion was rolled back, and before the first one. */
  previous: z
    .object({
      champion: number,
      challenger: number.nullable(),
      /** Weights of before, by version. */
      weights: z.record(z.string(), z.int().nonnegative()).nullable(),
    })
    .nullable(),
});
export type RegistryState = z.infer<typeof registryState>;

export const actions = ['alias', 'approve', 'reject', 'tag', 'promote', 'rollback', 'prune'] as const;

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
};
