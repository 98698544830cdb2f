import { z } from 'zod';

const interval = z.tuple([z.number(), z.number()]);
/** `GET /performance`: what each version did over a period. */
export const performanceReport = z.object({
  since: z.iso.datetime(),
  until: z.iso.datetime(),
  classes: z.array(z.string()),
  versions: z.array(
    z.object({
      version: z.string(),
      /** Recorded predictions, failed ones included. */
      n: z.int(),
      errors: z.int(),
      /** Milliseconds; null while nothing was answered. */
      latency_ms: z.object({ p50: z.number(), p95: z.number(), p99: z.number() }).nullable(),
      feedback: z.int(),
      correct: z.int(),
      /** Share of feedback that agrees, with its 95 % Wilson interval; null without feedback. */
      accuracy: z.object({ value: z.number(), interval }).nullable(),
      /** `confusion[i][j]`: rows whose actual class is i and predicted class is j. */
      confusion: z.array(z.array(z.int())),
    }),
  ),
});
export type PerformanceReport = z.infer<typeof performanceReport>;
