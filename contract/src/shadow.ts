import { z } from 'zod';
import { featureValue } from './prediction.ts';

/** `GET /shadow`. */
export const shadowReport = z.object({
  version: z.string().nullable(),
  compared: z.int(),
  agreed: z.int(),
  failed: z.int(),
  dropped: z.int(),
  /** agreed / compared with its 95 % Wilson interval; null before the first comparison. */
  agreement: z.object({ value: z.number(), interval: z.tuple([z.number(), z.number()]) }).nullable(),
  classes: z.array(z.string()),
  /** `confusion[i][j]`: live class i, shadow class j. */
  confusion: z.array(z.array(z.int())),
  latency_ms: z.object({ p50: z.number(), p95: z.number(), p99: z.number() }).nullable(),
  disagreements: z.array(
    z.object({
      time: z.iso.datetime(),
      prediction_id: z.string(),
      live_version: z.string(),
      live_class: z.string(),
      shadow_class: z.string(),
      /** Names of the features, in the order of their values; without those that the record does not keep. */
      feature_names: z.array(z.string()),
      features: z.array(featureValue),
    }),
  ),
});
export type ShadowReport = z.infer<typeof shadowReport>;
