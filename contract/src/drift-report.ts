import { z } from 'zod';

const distribution = z.object({
  mean: z.number(),
  std: z.number(),
  deciles: z.array(z.number()),
  histogram: z.object({ edges: z.array(z.number()), counts: z.array(z.number()) }),
});

export const featureDrift = z.object({
  feature: z.string(),
  drifted: z.boolean(),
  /** In words: "petal_width is 2.1 σ above its training mean". */
  verdict: z.string(),
  training: distribution,
  now: distribution.nullable(),
  /** Signed, in training standard deviations. */
  mean_shift: z.number().nullable(),
  /** std now / std training. */
  std_ratio: z.number().nullable(),
  /** The feature's own (A + B) / 2 of the overall score, clamped to 0–1. */
  mean_std: z.number().nullable(),
  ks: z.object({ statistic: z.number(), p_value: z.number(), p_adjusted: z.number() }).nullable(),
  psi: z.object({ value: z.number(), threshold: z.number() }).nullable(),
});
export type FeatureDrift = z.infer<typeof featureDrift>;

/** `GET /drift`. Until `ready`, scores are null and nothing alerts. */
export const driftReport = z.object({
  ready: z.boolean(),
  samples: z.int(),
  samples_missing: z.int(),
  window: z.int(),
  min_samples: z.int(),
  /** The overall score, 0–1, and the threshold above which it counts as drift. */
  score: z.number().nullable(),
  threshold: z.number(),
  /** The overall score is above its threshold, or a feature or the class mix drifted by its own test. */
  drifted: z.boolean(),
  verdict: z.string(),
  features: z.array(featureDrift),
  prediction: z
    .object({
      drifted: z.boolean(),
      verdict: z.string(),
      classes: z.array(z.object({ class: z.string(), training: z.number(), now: z.number() })),
      chi_square: z.number(),
      p_value: z.number(),
    })
    .nullable(),
});
export type DriftReport = z.infer<typeof driftReport>;

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
      features: z.array(z.number()),
    }),
  ),
});
export type ShadowReport = z.infer<typeof shadowReport>;
