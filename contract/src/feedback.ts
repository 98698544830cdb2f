import { z } from 'zod';

export const feedbackItem = z.strictObject({ prediction_id: z.uuid(), actual: z.string().min(1) });
/** Body of `POST /feedback`: one, or a batch of at most 1,000. */
export const feedbackRequest = z.union([
  feedbackItem,
  z.strictObject({ feedback: z.array(feedbackItem).min(1).max(1000) }),
]);
export type FeedbackRequest = z.infer<typeof feedbackRequest>;

/** Answer to `POST /feedback`, in the order of the request. */
export const feedbackAnswer = z.object({
  feedback: z.array(
    z.object({
      prediction_id: z.string(),
      model_version: z.string(),
      /** The prediction agrees with the feedback. */
      correct: z.boolean(),
      /** An earlier feedback to the same prediction gave way. */
      replaced: z.boolean(),
    }),
  ),
});
export type FeedbackAnswer = z.infer<typeof feedbackAnswer>;
