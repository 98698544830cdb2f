import { z } from 'zod';
import { gateLine } from './releases.ts';

/** Where a job stands: `running` and the two that wait are not the end of it. */
export const retrainStates = [
  'running',
  'waits for traffic',
  'waits for approval',
  'rollout started',
  'refused',
  'refused by the gate',
  'rejected',
  'replaced',
  'failed',
  'stopped',
] as const;
export type RetrainState = (typeof retrainStates)[number];

export const retrainCauses = ['command', 'schedule', 'alert'] as const;

/** What a job trained on and was judged by. */
export const retrainRows = z.object({
  /** Training rows of the base file. */
  base: z.int().nonnegative(),
  /** Recorded rows with feedback that are used, to train and to test. */
  recorded: z.int().nonnegative(),
  train: z.int().nonnegative(),
  /** The newest recorded rows: champion and new release are judged by them. */
  test: z.int().nonnegative(),
});
export type RetrainRows = z.infer<typeof retrainRows>;

/** One job of the retrainer, as the registry keeps it and `GET /retraining` shows it. */
export const retrainJob = z.object({
  id: z.int().positive(),
  model: z.string(),
  cause: z.object({ kind: z.enum(retrainCauses), text: z.string() }),
  who: z.string(),
  started_at: z.iso.datetime(),
  /** When its work ended; null while it runs. What a person decides later does not move it. */
  ended_at: z.iso.datetime().nullable(),
  state: z.enum(retrainStates),
  /** What was decided and why, in one sentence; empty while it runs. */
  decision: z.string(),
  /** The release that it trained, or null. */
  release: z.int().positive().nullable(),
  rows: retrainRows.nullable(),
  /** Of the gate, once it judged the release. */
  gate: z.array(gateLine),
  /** SHA-256 of the rows, or null before they are gathered. */
  data: z.string().nullable(),
  /** How the trainer reads the base file, for that champion and for its own release once that is champion. */
  base: z.object({ champion: z.int().positive(), read: z.array(z.string()) }).optional(),
  /** What was there before its release became challenger; only while the release is not proven. */
  before: z
    .object({
      challenger: z.int().positive().nullable(),
      shadow: z.string().nullable(),
      /** The version that follows the challenger. */
      version: z.string(),
    })
    .optional(),
});
export type RetrainJob = z.infer<typeof retrainJob>;

/** A job with its log, the oldest line first; each begins with its time. */
export const retrainJobView = retrainJob.extend({ log: z.array(z.string()) });
export type RetrainJobView = z.infer<typeof retrainJobView>;

/** `GET /retraining`: the jobs of the registry, the newest first. */
export const retrainingView = z.object({
  jobs: z.array(retrainJob),
  /** Why the registry cannot be read now, or null. */
  trouble: z.string().nullable(),
});
export type RetrainingView = z.infer<typeof retrainingView>;

/** Query of `GET /retraining`. */
export const retrainingQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(20).describe('So many of the newest.'),
});

/** Body of the retrainer's `POST /jobs`. */
export const retrainStart = z.strictObject({
  reason: z.string().trim().min(1).max(500),
});
export type RetrainStart = z.infer<typeof retrainStart>;
