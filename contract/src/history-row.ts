import { z } from 'zod';
import { route } from './prediction.ts';

/** One recorded prediction, as `GET /predictions` shows it. */
export const historyRow = z.object({
  prediction_id: z.string(),
  time: z.iso.datetime(),
  model_version: z.string(),
  route: route,
  /** Hash of the sticky key (never the key), or null. */
  user_hash: z.string().nullable(),
  /** In the model card's feature order. */
  features: z.array(z.number()),
  prediction: z.int().nullable(),
  class: z.string().nullable(),
  probability: z.array(z.number()).nullable(),
  latency_ms: z.number(),
  /** Reason when the request failed, else null. */
  error: z.string().nullable(),
  /** Class told by feedback, or null. */
  actual: z.string().nullable(),
});
export type HistoryRow = z.infer<typeof historyRow>;

export const historyPage = z.object({
  predictions: z.array(historyRow),
  /** Pass as `cursor` for the next, older page; null at the end. */
  next_cursor: z.string().nullable(),
});
export type HistoryPage = z.infer<typeof historyPage>;

export const feedbackItem = z.strictObject({ prediction_id: z.uuid(), actual: z.string().min(1) });
/** Body of `POST /feedback`: one, or a batch of at most 1,000. */
export const feedbackRequest = z.union([
  feedbackItem,
  z.strictObject({ feedback: z.array(feedbackItem).min(1).max(1000) }),
]);
export type FeedbackRequest = z.infer<typeof feedbackRequest>;

/** Answer to `POST /feedback`, in the order of the request. */
export const feedbackAnswer = z.object({
  feedback: z.array(
    z.object({
      prediction_id: z.string(),
      model_version: z.string(),
      /** The prediction agrees with what was told. */
      correct: z.boolean(),
      /** An earlier feedback to the same prediction gave way. */
      replaced: z.boolean(),
    }),
  ),
});
export type FeedbackAnswer = z.infer<typeof feedbackAnswer>;

const interval = z.tuple([z.number(), z.number()]);
/** `GET /performance`: what each version did over a period. */
export const performanceReport = z.object({
  since: z.iso.datetime(),
  until: z.iso.datetime(),
  classes: z.array(z.string()),
  versions: z.array(
    z.object({
      version: z.string(),
      /** Recorded predictions, failed ones included. */
      n: z.int(),
      errors: z.int(),
      /** Milliseconds; null while nothing was answered. */
      latency_ms: z.object({ p50: z.number(), p95: z.number(), p99: z.number() }).nullable(),
      feedback: z.int(),
      correct: z.int(),
      /** Share of feedback that agrees, with its 95 % Wilson interval; null without feedback. */
      accuracy: z.object({ value: z.number(), interval }).nullable(),
      /** `confusion[i][j]`: rows whose actual class is i and predicted class is j. */
      confusion: z.array(z.array(z.int())),
    }),
  ),
});
export type PerformanceReport = z.infer<typeof performanceReport>;
