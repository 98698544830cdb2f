import { z } from 'zod';

export const versionState = z.object({
  version: z.string(),
  weight: z.int().nonnegative(),
  /** weight / total, 0–1. */
  share: z.number(),
  ready: z.boolean(),
  ejected: z.boolean(),
  /** When an ejection ends by itself, or null. */
  ejected_until: z.iso.datetime().nullable(),
  /** Why it is not ready, or null. */
  reason: z.string().nullable(),
});
export type VersionState = z.infer<typeof versionState>;

/** `GET /config`: what is in force. Never holds a secret. */
export const configView = z.object({
  model: z.string(),
  revision: z.int().nonnegative(),
  weights: z.record(z.string(), z.int().nonnegative()),
  mode: z.enum(['equal', 'canary', 'rollout', 'rollback', 'custom']),
  shadow: z.string().nullable(),
  versions: z.array(versionState),
  presets: z.record(z.string(), z.record(z.string(), z.int().nonnegative())),
  /** What a client must send: an API key for predictions, the admin token for changes. */
  auth: z.object({ api_key: z.boolean(), admin: z.boolean() }),
});
export type ConfigView = z.infer<typeof configView>;

export const presets = ['equal', 'canary', 'full', 'rollback'] as const;

const change = { reason: z.string().trim().min(1).max(500), revision: z.int().nonnegative().optional() };
/** Body of `PATCH /config`: exactly one of `weights` and `preset`, and/or `shadow`. */
export const configPatch = z.strictObject({
  ...change,
  weights: z.record(z.string(), z.int().nonnegative()).optional(),
  preset: z.enum(presets).optional(),
  shadow: z.string().nullable().optional(),
});
export type ConfigPatch = z.infer<typeof configPatch>;

/** One row of `GET /audit`, newest first. */
export const auditEntry = z.object({
  id: z.int(),
  time: z.iso.datetime(),
  revision: z.int(),
  who: z.string(),
  action: z.string(),
  reason: z.string(),
  from: z.unknown(),
  to: z.unknown(),
});
export type AuditEntry = z.infer<typeof auditEntry>;

/** Query of `GET /audit`. */
export const auditQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1000).default(100).describe('Entries in the answer.'),
  before: z.coerce.number().int().min(1).optional().describe('Only entries with a smaller id: the next, older page.'),
});

/** `GET /audit`: newest first. */
export const auditPage = z.object({ audit: z.array(auditEntry) });
export type AuditPage = z.infer<typeof auditPage>;
