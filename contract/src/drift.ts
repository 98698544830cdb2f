import { z } from 'zod';
import {
  type DriftMethodName,
  type DriftMethodResult,
  driftMethodNames,
  driftMethods,
  measuredKinds,
  valuesKinds,
} from './drift-methods.ts';

/** The result of each method, null until the feature is judged and where the method compares no such features. */
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

/** A share of the rows in training and now, 0–1; `p_adjusted` is the p-value of their difference, null where it is not tested. */
const testedShare = {
  training: z.number(),
  now: z.number().nullable(),
  p_adjusted: z.number().nullable(),
};

/** When the gateway first found the drift that it still finds; null without drift. */
const since = z.iso.datetime().nullable();

/** A version's rows among `rows`, and those of them without a value. */
const ofVersion = { version: z.string(), rows: z.int(), missing: z.int() };

const ofEveryFeature = {
  feature: z.string(),
  /** Rows of the window that have this feature: those of clients or versions without it do not count for it. */
  rows: z.int(),
  /** Whether these are enough for a verdict; all figures of now are of them. */
  judged: z.boolean(),
  drifted: z.boolean(),
  since,
  /** In words: "petal_width is 2.1 σ above its training mean". */
  verdict: z.string(),
  /** Rows without a value. */
  missing: z.object(testedShare),
  ...methodFields,
};

/** A number, or a date in days since 1970-01-01. All but `missing` is of the rows that have a value. */
export const measuredDrift = z.object({
  kind: z.enum(measuredKinds),
  ...ofEveryFeature,
  training: distribution,
  now: distribution.nullable(),
  /** Signed, in training standard deviations. */
  mean_shift: z.number().nullable(),
  /** std now / std training. */
  std_ratio: z.number().nullable(),
  /** Rows beyond the training range ± one range; in the score they count as if they were at that bound. */
  far_outside: z.int(),
  /** Rows beyond the training range, on each side. */
  outside: z.object({ below: z.int(), above: z.int() }),
  /** By version, once the feature has drifted; `outside` are rows on either side. */
  versions: z.array(z.object({ ...ofVersion, mean_shift: z.number().nullable(), outside: z.int() })),
});

/** A category or boolean. All shares are of all rows: those of `values`, `unseen` and `missing` add up to 1. */
export const valuesDrift = z.object({
  kind: z.enum(valuesKinds),
  ...ofEveryFeature,
  /** The values that the model knows, in the model card's order; those of a boolean are `false` and `true`. */
  values: z.array(z.object({ value: z.string(), training: z.number(), now: z.number().nullable() })),
  /** All other values, and the most frequent of them now, cut to 60 characters. */
  unseen: z.object({ ...testedShare, examples: z.array(z.object({ value: z.string(), now: z.number() })) }),
  /** By version, once the feature has drifted; `unseen` are rows. */
  versions: z.array(z.object({ ...ofVersion, unseen: z.int() })),
});

export const featureDrift = z.discriminatedUnion('kind', [measuredDrift, valuesDrift]);
export type MeasuredDrift = z.infer<typeof measuredDrift>;
export type ValuesDrift = z.infer<typeof valuesDrift>;
export type FeatureDrift = z.infer<typeof featureDrift>;

/** Predicted classes of one version against its own expected mix. */
export const classMix = z.object({
  version: z.string(),
  /** Its predictions in the window. */
  rows: z.int(),
  drifted: z.boolean(),
  since,
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
  since,
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
