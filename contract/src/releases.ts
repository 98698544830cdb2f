import { z } from 'zod';

/** Names that follow from one release to another. v1 serves the champion by default, v2 the challenger. */
export const aliases = ['champion', 'challenger'] as const;
export type Alias = (typeof aliases)[number];

/** The alias that a version follows unless a person chose its source; later versions follow none. */
export const aliasOfVersion: Readonly<Record<string, Alias>> = { v1: 'champion', v2: 'challenger' };

const number = z.int().positive();
const weights = z.record(z.string(), z.int().nonnegative());

/** A person's last word on a release. */
export const verdict = z.object({
  approved: z.boolean(),
  who: z.string(),
  time: z.iso.datetime(),
  reason: z.string(),
});
export type ReleaseVerdict = z.infer<typeof verdict>;

/** What a rollback restores: who was champion and challenger before the last promotion, and the weights of then. */
export const previousReleases = z.object({
  champion: number,
  challenger: number.nullable(),
  /** By version; null if they were not known. */
  weights: weights.nullable(),
});

/** A promotion or rollback whose aliases are moved, while the weights still wait for the version to serve its release. */
export const pendingChange = z.object({
  change: z.enum(['promote', 'rollback']),
  /** The release that becomes champion. */
  release: number,
  /** The weights to set once the champion's version serves it. */
  weights,
  since: z.iso.datetime(),
  who: z.string(),
  reason: z.string(),
});
export type PendingChange = z.infer<typeof pendingChange>;

/** One line of the gate, and what it found. */
export const gateLine = z.object({
  /** As it stands in the file: `accuracy >= 0.9`. */
  line: z.string(),
  passed: z.boolean(),
  /** What was found, with the numbers and by how much it falls short, in words. */
  found: z.string(),
});
export type GateLine = z.infer<typeof gateLine>;

/** Whether a release may get traffic. */
export const gateVerdict = z.object({
  passed: z.boolean(),
  /** Why not, or that it may, in one sentence. */
  words: z.string(),
  lines: z.array(gateLine),
});
export type GateVerdict = z.infer<typeof gateVerdict>;

/** An alias that somebody moved in another program's page, such as MLflow's: it counts once a person moves it here. */
export const aliasOffer = z.object({
  alias: z.enum(aliases),
  /** The release that the alias names there. */
  release: number,
  /** The program: `mlflow`. */
  who: z.string(),
  since: z.iso.datetime(),
});
export type AliasOffer = z.infer<typeof aliasOffer>;

export const releaseRow = z.object({
  number,
  created_at: z.iso.datetime(),
  created_by: z.string(),
  aliases: z.array(z.enum(aliases)),
  approval: verdict.nullable(),
  tags: z.record(z.string(), z.string()),
  algorithm: z.string(),
  accuracy: z.number().nullable(),
  test_rows: z.int().nonnegative(),
  features: z.int().positive(),
  classes: z.array(z.string()),
  /** SHA-256 of its card: what predictions are recorded with as their `release`. */
  card_sha256: z.string(),
  /** Whether `GET /releases/{number}/report` has one. */
  report: z.boolean(),
  /** Of the challenger, and of releases that versions serve; null where no gate is set, or for the others. */
  gate: gateVerdict.nullable(),
});
export type ReleaseRow = z.infer<typeof releaseRow>;

/** What a version serves. */
export const servedRelease = z.object({
  version: z.string(),
  /** Null of a version that names no release: its model is in a folder, or its server is another one. */
  release: number.nullable(),
  /** The alias whose release it serves; null when it serves another one. */
  alias: z.enum(aliases).nullable(),
});
export type ServedRelease = z.infer<typeof servedRelease>;

/** `GET /releases`: the registry as the gateway sees it. */
export const releasesView = z.object({
  /** Where the releases are; null: no registry is set, and all else is empty. */
  registry: z.string().nullable(),
  model: z.string(),
  revision: z.int().nonnegative(),
  champion: number.nullable(),
  challenger: number.nullable(),
  previous: previousReleases.nullable(),
  pending: pendingChange.nullable(),
  /** Aliases that were moved elsewhere and wait for a person's word; absent where there are none. */
  offers: z.array(aliasOffer).optional(),
  serving: z.array(servedRelease),
  gate: z.object({
    on: z.boolean(),
    approval: z.enum(['person', 'auto']),
    /** As they stand in the file. */
    lines: z.array(z.string()),
  }),
  /** The newest first. */
  releases: z.array(releaseRow),
  /** Why the registry cannot be read now, or null; then the rest is what was read last. */
  trouble: z.string().nullable(),
});
export type ReleasesView = z.infer<typeof releasesView>;

const reason = z.string().trim().min(1).max(500);
const revision = z.int().nonnegative().optional().describe('Of the registry: 409 if it was changed since.');

/** Body of `POST /releases/promote`. */
export const promoteRelease = z.strictObject({
  release: number.describe("The challenger's number, once more: 409 if it is another one by now."),
  approve: z.boolean().optional().describe('Also approves it, in the name of who sends this.'),
  reason,
  revision,
});
export type PromoteRelease = z.infer<typeof promoteRelease>;
/** Body of `POST /releases/rollback`. */
export const rollbackRelease = z.strictObject({ reason, revision });
export type RollbackRelease = z.infer<typeof rollbackRelease>;
/** Body of `POST /releases/{approve,reject}`. */
export const judgeRelease = z.strictObject({ release: number, reason, revision });
export type JudgeRelease = z.infer<typeof judgeRelease>;
/** Body of `POST /releases/alias`: the champion moves by promote and rollback only. */
export const moveAlias = z.strictObject({
  alias: z.literal('challenger'),
  release: number.nullable().describe('null takes the alias away.'),
  reason,
  revision,
});
export type MoveAlias = z.infer<typeof moveAlias>;

/** Query of `GET /releases`. */
export const releasesQuery = z.strictObject({
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(50)
    .describe('So many of the newest; those that have an alias or are served are there too.'),
});

/** Query of `GET /releases/audit`. */
export const releasesAuditQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1000).default(100).describe('Maximum number of changes.'),
});

/** `GET /releases/audit`: the changes of the registry, newest first. */
export const releasesAudit = z.object({
  audit: z.array(
    z.object({
      revision: z.int().positive(),
      time: z.iso.datetime(),
      who: z.string(),
      action: z.string(),
      /** In words: `champion: 7 → 8`. */
      what: z.string(),
      reason: z.string(),
    }),
  ),
});
export type ReleasesAudit = z.infer<typeof releasesAudit>;
