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
  /** The class that feedback gave, or null. */
  actual: z.string().nullable(),
});
export type HistoryRow = z.infer<typeof historyRow>;

export const historyPage = z.object({
  predictions: z.array(historyRow),
  /** Pass as `cursor` for the next, older page; null at the end. */
  next_cursor: z.string().nullable(),
});
export type HistoryPage = z.infer<typeof historyPage>;
