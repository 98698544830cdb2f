import { z } from 'zod';

/** Why a version answered: the first rule that applied. */
export const routes = ['pinned', 'sticky', 'weighted', 'failover', 'preview'] as const;
export const route = z.enum(routes);
export type Route = z.infer<typeof route>;

/** Who asked: a client of the API, or a person on the page. */
export const source = z.enum(['api', 'page']);
export type Source = z.infer<typeof source>;

/** A value of a feature: a number, a category or date as text, a boolean, or null where it is missing. */
export const featureValue = z.union([z.number(), z.string(), z.boolean(), z.null()]);
export type FeatureValue = z.infer<typeof featureValue>;

export const MAX_BATCH_ROWS = 1024;

/** Values in feature order, or by feature name: a name left out is missing. */
export const featureRow = z.union([
  // first the usual case, which clients generated from the schema then take without a wrapper of each value
  z.array(z.number()),
  z.record(z.string(), z.number()),
  z.array(featureValue),
  z.record(z.string(), featureValue),
]);
export const MAX_REFERENCE = 128;
/** The client's own key of a row. */
export const reference = z
  .string()
  .min(1)
  .max(MAX_REFERENCE)
  .regex(/^\P{Cc}*$/u);
const options = {
  user: z.string().min(1).max(256).optional().describe('Sticky key: the same user keeps the same version.'),
  reference: reference
    .optional()
    .describe("The client's own key, such as an order number, kept with each row; no control characters."),
  preview: z.boolean().optional().describe('Answers only: not counted, not recorded.'),
};

export const predictRowRequest = z.strictObject({ features: featureRow, ...options });
export const predictBatchRequest = z
  .strictObject({
    instances: z.array(featureRow).min(1).max(MAX_BATCH_ROWS),
    ...options,
    references: z
      .array(reference)
      .min(1)
      .max(MAX_BATCH_ROWS)
      .optional()
      .describe('A key for each of the instances, in their order, instead of one `reference` for all.'),
  })
  .refine(({ instances, references }) => references === undefined || references.length === instances.length)
  .refine(({ reference, references }) => reference === undefined || references === undefined);
/** Body of `POST /predict`: one row as `features`, or up to 1,024 as `instances`. */
export const predictRequest = z.union([predictRowRequest, predictBatchRequest]);
export type PredictRequest = z.infer<typeof predictRequest>;

const predictedRow = {
  prediction: z.int().nonnegative().describe('Index of the class.'),
  class: z.string(),
  probability: z
    .array(z.number())
    .nullable()
    .describe('Probability of each class, in class order; null from a version that returns only labels.'),
};

/** Answer to one row. `prediction_id` (uuid v7) is absent for a preview. */
export const prediction = z.object({
  ...predictedRow,
  model_version: z.string(),
  route: route,
  prediction_id: z.string().optional(),
});
export type Prediction = z.infer<typeof prediction>;

/** One row of a batch's answer. */
export const predictionOfBatch = z.object({ ...predictedRow, prediction_id: z.string().optional() });
export type PredictionOfBatch = z.infer<typeof predictionOfBatch>;

/** Answer to `instances`: all rows by one version, in order. */
export const predictionBatch = z.object({
  predictions: z.array(predictionOfBatch),
  model_version: z.string(),
  route: route,
});
export type PredictionBatch = z.infer<typeof predictionBatch>;

/** Answer to `POST /predict`: one row's, or a batch's. */
export const predictAnswer = z.union([prediction, predictionBatch]);
