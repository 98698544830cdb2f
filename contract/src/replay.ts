import { z } from 'zod';
import { featureValue } from './prediction.ts';

export const replayStates = ['running', 'done', 'cancelled', 'failed'] as const;
export const pairedVerdicts = ['no difference seen', 'better', 'worse'] as const;
/** Rows a second that a replay answers at most, unless it is asked for another rate. */
export const REPLAY_RATE = 500;

/** Body of `POST /replay`. */
export const replayStart = z.strictObject({
  version: z.string().describe('The version to answer the rows; it needs no weight.'),
  since: z.string().describe('Rows from then on: ISO 8601, or how long ago, such as `7d`.'),
  until: z.string().optional().describe('Rows before then. Default: now.'),
  limit: z.int().min(1).max(100_000_000).optional().describe('The newest so many rows of the period. Default: all.'),
  rate: z.int().min(1).max(20_000).default(REPLAY_RATE).describe('Rows a second at most.'),
  reason: z.string().trim().min(1).max(500),
});
export type ReplayStart = z.input<typeof replayStart>;

const share = z.object({ value: z.number(), interval: z.tuple([z.number(), z.number()]) });

/** How the replayed version compares with what one release of a live version answered to the same rows. */
export const replayComparison = z.object({
  live_version: z.string(),
  /** Null for a version without a model card. */
  live_release: z.string().nullable(),
  /** The version served this release when the replay began. */
  in_force: z.boolean(),
  compared: z.int(),
  agreed: z.int(),
  /** agreed / compared with its 95 % Wilson interval. */
  agreement: share,
  /** Rows with feedback, and how many of them each of the two classified right. */
  with_feedback: z.int(),
  live_right: z.int(),
  replayed_right: z.int(),
  /** Rows with feedback that only one of the two classified right, and the exact test of them; evidence from ln 20 on. */
  paired: z.object({
    only_replayed: z.int(),
    only_live: z.int(),
    log_e: z.number(),
    design_effect: z.number(),
    verdict: z.enum(pairedVerdicts),
  }),
  /** `confusion[i][j]`: live class i, replayed class j. */
  confusion: z.array(z.array(z.int())),
});
export type ReplayComparison = z.infer<typeof replayComparison>;

export const replayDisagreement = z.object({
  time: z.iso.datetime(),
  prediction_id: z.string(),
  live_version: z.string(),
  live_release: z.string().nullable(),
  live_class: z.string(),
  replayed_class: z.string(),
  /** The class that feedback gave, or null. */
  actual: z.string().nullable(),
  /** Names of the features, in the order of their values; null in rows of before the record had names. */
  feature_names: z.array(z.string()).nullable().default(null),
  features: z.array(featureValue),
});
export type ReplayDisagreement = z.infer<typeof replayDisagreement>;

/** A replay under way or ended: what it did, and what came of it so far. */
export const replaySummary = z.object({
  id: z.string(),
  version: z.string(),
  /** What the version served when the replay began; null without a model card. */
  release: z.string().nullable(),
  state: z.enum(replayStates),
  /** Why it ended early, or null. */
  end_reason: z.string().nullable(),
  /** Why it waits now, or null. */
  held: z.string().nullable(),
  who: z.string(),
  reason: z.string(),
  since: z.iso.datetime(),
  until: z.iso.datetime(),
  limit: z.int().nullable(),
  rate: z.int(),
  started: z.iso.datetime(),
  updated: z.iso.datetime(),
  ended: z.iso.datetime().nullable(),
  percent: z.number(),
  /** Rows that the version answered. */
  rows: z.int(),
  /** Rows that it did not answer. */
  failed: z.int(),
  /** Rows that the version cannot take: without a feature that it needs, with another kind of value, or of an unknown class. */
  not_replayable: z.int(),
  /** Why, the commonest first; at most ten reasons. */
  not_replayable_why: z.array(z.object({ why: z.string(), rows: z.int() })).default([]),
  /** Of rows with feedback, with its 95 % Wilson interval; null without any. */
  accuracy: share.extend({ right: z.int(), rows: z.int() }).nullable(),
  /** From sending a row to its answer; rows travel in small batches. Null before the first answer. */
  latency_ms: z.object({ p50: z.number(), p95: z.number(), p99: z.number() }).nullable(),
  classes: z.array(z.string()),
  /** Of one that is done: whether a rollout that requires a replay may start with it, and why or why not. */
  proof: z.object({ passes: z.boolean(), why: z.string() }).nullable(),
  /** By live version and release. */
  comparisons: z.array(replayComparison),
});
export type ReplaySummary = z.infer<typeof replaySummary>;

/** `GET /replay/:id`, and the answer to `POST /replay`. */
export const replayView = replaySummary.extend({
  /** The first 100. */
  disagreements: z.array(replayDisagreement),
});
export type ReplayView = z.infer<typeof replayView>;

/** `GET /replay`: the last 50, newest first. */
export const replayList = z.object({ replays: z.array(replaySummary) });
export type ReplayList = z.infer<typeof replayList>;
