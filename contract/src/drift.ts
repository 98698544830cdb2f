import { z } from 'zod';
import { type DriftMethodName, type DriftMethodResult, driftMethodNames, driftMethods } from './drift-methods.ts';

/** The result of each method, null until the feature is judged. */
const methodFields = Object.fromEntries(
  driftMethodNames.map((name) => {
    const { fields } = driftMethods[name];
    const result = fields ? z.object(Object.fromEntries(fields.map((field) => [field, z.number()]))) : z.number();
    return [name, result.nullable()];
  }),
) as unknown as { [M in DriftMethodName]: z.ZodType<DriftMethodResult<M> | null> };

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
  ...methodFields,
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
