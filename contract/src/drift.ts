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
  /** Rows beyond the training range ± one range; in the score they count as if they were at that bound. */
  far_outside: z.int(),
  ...methodFields,
});
export type FeatureDrift = z.infer<typeof featureDrift>;

/** Predicted classes of one version against its own expected mix. */
export const classMix = z.object({
  version: z.string(),
  /** Its predictions in the window. */
  rows: z.int(),
  drifted: z.boolean(),
  verdict: z.string(),
  /** What `expected` is a share of: the version's predictions for its unseen test rows, or the training rows. */
  reference: z.enum(['test', 'training']),
  classes: z.array(z.object({ class: z.string(), expected: z.number(), now: z.number() })),
  /** Classes that are never predicted although so many of them are expected that chance cannot explain it. */
  never_predicted: z.array(z.string()),
  chi_square: z.number(),
  p_value: z.number(),
});
export type ClassMix = z.infer<typeof classMix>;

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
  /** A p-value below this is drift. */
  level: z.number(),
  /** A feature or a version's class mix drifted. A score above its threshold counts for the features that raise it. */
  drifted: z.boolean(),
  verdict: z.string(),
  features: z.array(featureDrift),
  /** The versions with enough predictions in the window and a model card. */
  prediction: z
    .object({
      drifted: z.boolean(),
      verdict: z.string(),
      versions: z.array(classMix),
    })
    .nullable(),
});
export type DriftReport = z.infer<typeof driftReport>;
