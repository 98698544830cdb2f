import { z } from 'zod';
import { featureValue, route, source } from './prediction.ts';

/** One recorded prediction, as `GET /predictions` shows it. */
export const historyRow = z.object({
  prediction_id: z.string(),
  time: z.iso.datetime(),
  model_version: z.string(),
  /** The version that weight or sticky hash drew, before failover; null when pinned, and in rows of before this column. */
  assigned: z.string().nullable(),
  /** What ran in the version: the SHA-256 of its model card; null without a card, and in rows of before this column. */
  release: z.string().nullable(),
  route: route,
  /** Null in rows of before this column. */
  source: source.nullable(),
  /** The client's own key, or null. */
  reference: z.string().nullable(),
  /** Hash of the sticky key (never the key), or null. */
  user_hash: z.string().nullable(),
  /** Names of the features, in the order of their values; null in rows of before this column. */
  feature_names: z.array(z.string()).nullable(),
  features: z.array(featureValue),
  prediction: z.int().nullable(),
  class: z.string().nullable(),
  probability: z.array(z.number()).nullable(),
  latency_ms: z.number(),
  /** Reason when the request failed, else null. */
  error: z.string().nullable(),
  /** The class that feedback gave, or null. */
  actual: z.string().nullable(),
  /** The number that feedback gave, or null. */
  outcome: z.number().nullable(),
  /** What the shadow version answered to the same row; only where the query says `disagree`. */
  shadow: z.object({ version: z.string(), class: z.string() }).optional(),
});
export type HistoryRow = z.infer<typeof historyRow>;

/** How many predictions match. Not exact: at least so many, since counting stops after a bounded number of rows. */
export const historyTotal = z.object({ rows: z.int().nonnegative(), exact: z.boolean() });
export type HistoryTotal = z.infer<typeof historyTotal>;

export const historyPage = z.object({
  /** Fewer than `limit`, or none, where a search has looked at as many rows as one page may cost. */
  predictions: z.array(historyRow),
  /** Pass as `cursor` for the next, older page; null at the end. */
  next_cursor: z.string().nullable(),
  /** The time that a search has reached, when it stopped before the page was full. */
  searched_to: z.iso.datetime().optional(),
  /** Of all pages; only where the query says `count`. */
  total: historyTotal.optional(),
});
export type HistoryPage = z.infer<typeof historyPage>;

/** Query of `DELETE /predictions`. */
export const forgetQuery = z.strictObject({
  user: z.string().min(1).max(256).describe('Sticky key of the person, as requests have it.'),
  reason: z.string().trim().min(1).max(500).optional().describe('For the audit.'),
});

/** Answer to `DELETE /predictions`. */
export const forgetAnswer = z.object({ deleted: z.int().nonnegative().describe('Predictions that are gone.') });
export type ForgetAnswer = z.infer<typeof forgetAnswer>;
