import { z } from 'zod';
import { reference } from './prediction.ts';

/** A class by its name; by its number where the name is one. */
export const actualClass = z.union([z.string().min(1), z.number()]);
/** Squares of larger outcomes and costs, summed, could overflow. */
export const MAX_OUTCOME = 1e100;

/** Names its prediction in one of two ways, and says what came of it. */
export const feedbackItem = z
  .strictObject({
    prediction_id: z.uuid().optional(),
    reference: reference.optional().describe('The newest prediction with this key, instead of `prediction_id`.'),
    actual: actualClass.optional(),
    outcome: z
      .number()
      .min(-MAX_OUTCOME)
      .max(MAX_OUTCOME)
      .optional()
      .describe('What came of the prediction as a number, such as revenue; 0 counts.'),
  })
  .refine((item) => (item.prediction_id === undefined) !== (item.reference === undefined), {
    message: 'must name its prediction by prediction_id or by reference, one of the two',
  })
  .refine(({ actual, outcome }) => actual !== undefined || outcome !== undefined, {
    message: 'must hold actual, outcome or both',
  });
/** What feedback did: the first of its prediction, another value than before, or the same value again. */
export const feedbackEffects = ['new', 'changed', 'same'] as const;
export type FeedbackEffect = (typeof feedbackEffects)[number];
export const feedbackBatch = z.strictObject({
  feedback: z.array(feedbackItem).min(1).max(1000),
  partial: z
    .boolean()
    .optional()
    .describe('Keep what matches, and list the rest as `unmatched`. Without it: all of the batch, or none.'),
});
/** Body of `POST /feedback`: one, or a batch of at most 1,000. */
export const feedbackRequest = z.union([feedbackItem, feedbackBatch]);
export type FeedbackRequest = z.infer<typeof feedbackRequest>;

/**
 * Why an item of a partial batch did not count: no such answered prediction, several with its reference, a class that the
 * model does not have, or a prediction a moment old that another gateway may be about to write.
 */
export const unmatchedReasons = ['unknown', 'ambiguous', 'class', 'not written yet'] as const;

/** Answer to `POST /feedback`, in the order of the request. */
export const feedbackAnswer = z.object({
  feedback: z.array(
    z.object({
      prediction_id: z.string(),
      model_version: z.string(),
      /** The prediction agrees with `actual`; null when only an outcome came. */
      correct: z.boolean().nullable(),
      /** It changed earlier feedback to the same prediction. */
      replaced: z.boolean(),
      /** What `actual` did; null when only an outcome came. */
      counted: z.enum(feedbackEffects).nullable(),
      /** What `outcome` did; null when none came. */
      counted_outcome: z.enum(feedbackEffects).nullable(),
    }),
  ),
  /** Of a partial batch: the items that did not count, by their index in the request. */
  unmatched: z.array(z.object({ index: z.int(), why: z.enum(unmatchedReasons), detail: z.string() })).optional(),
});
export type FeedbackAnswer = z.infer<typeof feedbackAnswer>;
