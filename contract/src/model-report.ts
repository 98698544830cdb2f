import { z } from 'zod';

const share = z.number().min(0).max(1);
/** Low and high end. */
const interval = z.tuple([z.number(), z.number()]);
const count = z.int().nonnegative();

/** Names of a release's files that its evaluation writes. */
export const REPORT_FILE = 'report/report.json';
/** Its test rows, with which it can be evaluated again: gzipped JSON of `testRows`. */
export const TEST_ROWS_FILE = 'report/test-rows.json.gz';

export const testRows = z.object({
  /** Names of the features, in the order of each row. */
  columns: z.array(z.string()),
  rows: z.array(z.array(z.union([z.number(), z.string(), z.boolean(), z.null()]))),
  /** The class of each row. */
  labels: z.array(z.string()),
});
export type TestRows = z.infer<typeof testRows>;

/** What a model's answers to its test rows are worth. Shares are 0–1, intervals cover 95 %. */
export const modelReport = z.object({
  format: z.literal(1),
  model: z.string(),
  /** Test rows. */
  rows: count,
  classes: z.array(z.string()),
  accuracy: z.object({ value: share, interval }),
  /** Always answering the class that most training rows have. */
  majority: z.object({ class: z.string(), accuracy: share }),
  /** Mean F1 of the classes that have rows or answers. */
  macro_f1: share,
  /** Mean of −ln of the probability of the right class; null without probabilities. */
  log_loss: z.number().nullable(),
  /** In the order of `classes`. Null where it divides by zero. */
  per_class: z.array(
    z.object({
      class: z.string(),
      precision: share.nullable(),
      recall: share.nullable(),
      f1: share.nullable(),
      support: count,
    }),
  ),
  /** Rows by actual class (outer) and answered class (inner). */
  confusion: z.array(z.array(count)),
  /** One class against the rest, for each class that has rows with and without it; empty without probabilities. At most 200 points. */
  roc: z.array(
    z.object({
      class: z.string(),
      auc: share,
      /** False positive rate, true positive rate. */
      points: z.array(z.tuple([share, share])),
    }),
  ),
  /** Of the same classes. At most 200 points, from recall 0 on. */
  precision_recall: z.array(
    z.object({
      class: z.string(),
      average_precision: share,
      /** Recall, precision. */
      points: z.array(z.tuple([share, share])),
    }),
  ),
  /** Of the answered class's probability; null without probabilities. */
  calibration: z
    .object({
      /** Expected calibration error over the bins. */
      ece: share,
      /** Brier score over all classes, 0–2. */
      brier: z.number(),
      /** Those of ten that have rows, each without its lower edge: mean probability, and share of right answers. */
      bins: z.array(z.object({ from: share, to: share, rows: count, probability: share, right: share })),
    })
    .nullable(),
  /** What a class's probability must reach to be answered, and what follows; of two classes only for the second. */
  thresholds: z.array(
    z.object({
      class: z.string(),
      rows: z.array(
        z.object({
          threshold: share,
          precision: share.nullable(),
          recall: share.nullable(),
          f1: share.nullable(),
          /** Share of rows that reach it. */
          answered: share,
        }),
      ),
    }),
  ),
  /** Loss of accuracy when a feature's values are shuffled over the rows, the largest first; its interval is over the rows. */
  importance: z.array(z.object({ feature: z.string(), loss: z.number(), interval })),
  /** Accuracy per category, boolean, gap (`missing`), or third of each feature, where it has 10 rows; the worst first. */
  slices: z.array(z.object({ feature: z.string(), slice: z.string(), rows: count, accuracy: share, interval })),
  /** Cost per cell, the sum and the mean per row; null when no costs were given. Gains are negative. */
  business: z
    .object({
      /** Cost of a row by actual class (outer) and answered class (inner); 0 where none was given. */
      costs: z.array(z.array(z.number())),
      total: z.number(),
      per_row: z.number(),
      interval,
      /** The same if always the majority class were answered. */
      majority_per_row: z.number(),
    })
    .nullable(),
  /** What is odd about data and model, in sentences. */
  warnings: z.array(z.string()),
});
export type ModelReport = z.infer<typeof modelReport>;

/** Two releases on the same rows, those of the first one's test. Differences are release − against. */
export const sameRowsComparison = z.object({
  release: z.int().positive(),
  against: z.int().positive(),
  rows: count,
  both_right: count,
  only_release: count,
  only_against: count,
  both_wrong: count,
  /** Of accuracy; Tango's score interval. */
  difference: z.number(),
  interval,
  /** Lower end of the one-sided 95 % interval of the difference. */
  at_least: z.number(),
  /** Exact McNemar test, two-sided. */
  p: share,
  /** Of cost per row; null when no costs were given. */
  cost_difference: z.number().nullable(),
  /** Whether the other one may have been trained on these rows, or why they could not be compared in full. */
  notes: z.array(z.string()),
});
export type SameRowsComparison = z.infer<typeof sameRowsComparison>;
