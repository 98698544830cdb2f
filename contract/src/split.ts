import { z } from 'zod';

/** `GET /split`: how requests were assigned since the present weights came in force. */
export const splitReport = z.object({
  /** When the present weights came in force at this gateway, or when it started. */
  since: z.iso.datetime(),
  /**
   * Requests that weight or sticky key assigned, without pinned ones and the page's. A batch is one; users whose keys share
   * one of the 10,000 buckets are one, however many requests they send.
   */
  assignments: z.int(),
  /** Fewer assignments are not judged. */
  least: z.int(),
  versions: z.array(
    z.object({
      version: z.string(),
      /** Its weight divided by the total. */
      share: z.number(),
      /** Assigned to it, also when another version answered. */
      assigned: z.int(),
      verdict: z.enum(['not enough data', 'fits', 'differs']),
    }),
  ),
});
export type SplitReport = z.infer<typeof splitReport>;
