import { z } from 'zod';
import { presetNames } from './presets.ts';

export const versionState = z.object({
  version: z.string(),
  weight: z.int().nonnegative(),
  /** Of the requests, 0–1: its weight / total; 0 for a version that the gate keeps out. */
  share: z.number(),
  ready: z.boolean(),
  ejected: z.boolean(),
  /** When the ejection ends, or null. */
  ejected_until: z.iso.datetime().nullable(),
  /** Why it is not ready, or why the gate keeps it out of live traffic, or null. */
  reason: z.string().nullable(),
  /** Features that its requests must have; only when the versions differ in that. */
  requires: z.array(z.string()).optional(),
  /** Requests since the gateway started that it did not get, since they lack a feature which it requires. */
  unfit_requests: z.int().nonnegative(),
});
export type VersionState = z.infer<typeof versionState>;

/** `GET /config`: what is in force. Never holds a secret. */
export const configView = z.object({
  model: z.string(),
  revision: z.int().nonnegative(),
  weights: z.record(z.string(), z.int().nonnegative()),
  mode: z.enum([...presetNames, 'custom']),
  shadow: z.string().nullable(),
  versions: z.array(versionState),
  presets: z.record(z.string(), z.record(z.string(), z.int().nonnegative())),
  /** What a client must send: an API key for predictions, the admin token for changes. */
  auth: z.object({ api_key: z.boolean(), admin: z.boolean() }),
});
export type ConfigView = z.infer<typeof configView>;

const change = { reason: z.string().trim().min(1).max(500), revision: z.int().nonnegative().optional() };
/** Body of `PATCH /config`: exactly one of `weights` and `preset`, and/or `shadow`. */
export const configPatch = z.strictObject({
  ...change,
  weights: z.record(z.string(), z.int().nonnegative()).optional(),
  preset: z.enum(presetNames).optional(),
  shadow: z.string().nullable().optional(),
});
export type ConfigPatch = z.infer<typeof configPatch>;
