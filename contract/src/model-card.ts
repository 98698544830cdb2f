import { z } from 'zod';

const histogram = z.object({
  /** Bin edges in the feature's own unit, ascending; one more than `counts`. */
  edges: z.array(z.number()).min(2),
  /** Training rows in each bin; bins are half-open, the last one closed. */
  counts: z.array(z.int().nonnegative()).min(1),
});

/** What the training rows of one feature look like; statistics are of the population (divided by n). */
export const featureCard = z.object({
  name: z.string().min(1),
  /** Unit as written in a CSV header such as `sepal_length (cm)`, or null. */
  unit: z.string().nullable(),
  min: z.number(),
  max: z.number(),
  mean: z.number(),
  std: z.number().nonnegative(),
  /** A step for a slider: a power of ten, or 2 or 5 times one, that resolves the training values. */
  step: z.number().positive(),
  /** The 10 %, 20 %, … 90 % quantiles. */
  deciles: z.array(z.number()).length(9),
  histogram,
  /** At most 2,000 training values, seeded sample without replacement, ascending: the reference of the drift tests. */
  sample: z.array(z.number()).min(1),
});

export const classMetrics = z.object({
  class: z.string(),
  precision: z.number(),
  recall: z.number(),
  f1: z.number(),
  /** Test rows of this true class. */
  support: z.int().nonnegative(),
});

export const modelParameter = z.union([z.number(), z.string(), z.boolean()]);

export const modelCard = z.object({
  format: z.literal(1),
  name: z.string().min(1),
  version: z.string().min(1),
  algorithm: z.string().min(1),
  features: z.array(featureCard).min(1),
  classes: z
    .array(
      z.object({
        name: z.string(),
        /** Share of this class among the training rows, 0–1. */
        share: z.number(),
        /** Median of each feature over the training rows of this class, in feature order. */
        medians: z.array(z.number()),
      }),
    )
    .min(2),
  /**
   * The training rows whose columns are the features' `sample`: at most 2,000 whole rows, so that traffic like the
   * training's keeps the correlation of features and classes. `class` is the index of the true class.
   */
  rows: z.array(z.object({ features: z.array(z.number()), class: z.int().nonnegative() })).min(1),
  /**
   * How the model gets the label from the probabilities: `argmax`, the default, is the class with the largest one;
   * `threshold` may be any class (a binary classifier that says yes from 0.3 on).
   */
  decision: z.enum(['argmax', 'threshold']).optional(),
  parameters: z.record(z.string(), modelParameter),
  metrics: z.object({
    /** Rows of the test split, which the figures were computed on. */
    rows: z.int().nonnegative(),
    accuracy: z.number(),
    /** Macro averages over classes. */
    precision: z.number(),
    recall: z.number(),
    f1: z.number(),
    perClass: z.array(classMetrics),
    /** `confusion[i][j]`: test rows of true class i that were predicted as class j. */
    confusion: z.array(z.array(z.int().nonnegative())),
  }),
  data: z.object({
    file: z.string(),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    rows: z.int().positive(),
    trainRows: z.int().positive(),
    testRows: z.int().nonnegative(),
    target: z.string(),
  }),
  artifact: z.object({
    file: z.string(),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    bytes: z.int().positive(),
  }),
  libraries: z.record(z.string(), z.string()),
  /** Commit of the trainer's own source, or null outside a git checkout. */
  gitCommit: z.string().nullable(),
  createdAt: z.iso.datetime(),
});

export type ModelCard = z.infer<typeof modelCard>;
export type FeatureCard = z.infer<typeof featureCard>;
export type Histogram = z.infer<typeof histogram>;
