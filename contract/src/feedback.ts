import { z } from 'zod';

/** A class by its name; by its number where the name is one. */
export const actualClass = z.union([z.string().min(1), z.number()]);
export const feedbackItem = z.strictObject({ prediction_id: z.uuid(), actual: actualClass });
/** What feedback did: the first of its prediction, another class than before, or the same class again. */
export const feedbackEffects = ['new', 'changed', 'same'] as const;
export type FeedbackEffect = (typeof feedbackEffects)[number];
export const feedbackBatch = z.strictObject({ feedback: z.array(feedbackItem).min(1).max(1000) });
/** Body of `POST /feedback`: one, or a batch of at most 1,000. */
export const feedbackRequest = z.union([feedbackItem, feedbackBatch]);
export type FeedbackRequest = z.infer<typeof feedbackRequest>;

/** Answer to `POST /feedback`, in the order of the request. */
export const feedbackAnswer = z.object({
  feedback: z.array(
    z.object({
      prediction_id: z.string(),
      model_version: z.string(),
      /** The prediction agrees with the feedback. */
      correct: z.boolean(),
      /** It changed earlier feedback to the same prediction. */
      replaced: z.boolean(),
      counted: z.enum(feedbackEffects),
    }),
  ),
});
export type FeedbackAnswer = z.infer<typeof feedbackAnswer>;
