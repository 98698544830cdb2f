import { z } from 'zod';
import { featureValue } from './prediction.ts';

const histogram = z.object({
  /** Bin edges in the feature's own unit, ascending; one more than `counts`. */
  edges: z.array(z.number()).min(2),
  /** Training rows in each bin; bins are half-open, the last one closed. */
  counts: z.array(z.int().nonnegative()).min(1),
});

/** What every feature has, whatever its kind. */
const common = {
  name: z.string().min(1),
  /** The whole header where that is more than the name, as in `sepal_length (cm)`; requests may use either. */
  header: z.string().min(1).optional(),
  /** Unit as written in a CSV header such as `sepal_length (cm)`, or null. */
  unit: z.string().nullable(),
  /** Whether requests may leave it out. */
  nullable: z.boolean(),
  /** Share of the training rows without a value, 0–1. All other figures are of the rest. */
  missing: z.number(),
};

/** Statistics are of the population (divided by n). */
const measured = {
  ...common,
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
};

export const numberCard = z.object({ kind: z.literal('number'), ...measured });
/** All figures are days since 1970-01-01; values in rows are ISO 8601 dates, with a time or without. */
export const dateCard = z.object({ kind: z.literal('date'), ...measured });
export const booleanCard = z.object({
  kind: z.literal('boolean'),
  ...common,
  /** Share of `true` among the training rows with a value, 0–1. */
  share: z.number(),
});
export const categoryCard = z.object({
  kind: z.literal('category'),
  ...common,
  /** The values that the model knows, the most frequent first, each with its share of the training rows that have one. */
  values: z.array(z.object({ value: z.string(), share: z.number() })).min(1),
  /** Share of all other values, 0–1. */
  other: z.number(),
});

/** What the training rows of one feature look like. */
export const featureCard = z.discriminatedUnion('kind', [numberCard, booleanCard, categoryCard, dateCard]);
export const featureKinds = ['number', 'boolean', 'category', 'date'] as const;

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
  format: z.literal(2),
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
        /** A typical row of this class, in feature order: of numbers the medians, else the most frequent values. */
        typical: z.array(featureValue),
      }),
    )
    .min(2),
  /**
   * The training rows whose columns are the features' `sample`: at most 2,000 whole rows, so that traffic like the
   * training's keeps the correlation of features and classes. `class` is the index of the true class.
   */
  rows: z.array(z.object({ features: z.array(featureValue), class: z.int().nonnegative() })).min(1),
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
  /** Of a card that was written as format 1: the SHA-256 of that card as JSON, without spaces, by which records know the model. */
  release: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  /** Commit of the trainer's own source, or null outside a git checkout. */
  gitCommit: z.string().nullable(),
  createdAt: z.iso.datetime(),
});

export type ModelCard = z.infer<typeof modelCard>;
export type FeatureCard = z.infer<typeof featureCard>;
export type FeatureKind = FeatureCard['kind'];
export type NumberCard = z.infer<typeof numberCard>;
export type DateCard = z.infer<typeof dateCard>;
export type BooleanCard = z.infer<typeof booleanCard>;
export type CategoryCard = z.infer<typeof categoryCard>;
/** A feature with figures: a number, or a date in days. */
export type MeasuredCard = NumberCard | DateCard;
export type Histogram = z.infer<typeof histogram>;
