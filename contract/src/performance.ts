import { z } from 'zod';
import { comparisonReport } from './comparison.ts';

const interval = z.tuple([z.number(), z.number()]);
/** Each version's answers over a period, without the page's. */
export const performanceFigures = z.object({
  since: z.iso.datetime(),
  until: z.iso.datetime(),
  classes: z.array(z.string()),
  versions: z.array(
    z.object({
      version: z.string(),
      /** Recorded predictions, failed ones included. */
      n: z.int(),
      errors: z.int(),
      /** Milliseconds; null without answers. */
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
export type PerformanceFigures = z.infer<typeof performanceFigures>;

/** Something that makes figures before and after it incomparable. */
export const periodChange = z.object({
  time: z.iso.datetime(),
  what: z.enum(['weights', 'shadow', 'model']),
  /** The new shadow version, or the version whose model was replaced; null for weights and for no shadow. */
  version: z.string().nullable(),
});
export type PeriodChange = z.infer<typeof periodChange>;

/** What was counted while weights and releases were the same, by the assigned version: all of it, also outside the period. */
export const performanceEpoch = z.object({
  /** Of its first and last row. */
  since: z.iso.datetime(),
  until: z.iso.datetime(),
  weights: z.record(z.string(), z.int().nonnegative()),
  releases: z.record(z.string(), z.string().nullable()),
  versions: z.array(
    z.object({
      version: z.string(),
      /** Requests that were assigned to it, and of those the ones that it did not answer. */
      assigned: z.int(),
      errors: z.int(),
      /** Rows that it answered, and of those the ones with feedback and right ones. */
      answered: z.int(),
      feedback: z.int(),
      correct: z.int(),
      /** As in `versions`. */
      accuracy: z.object({ value: z.number(), interval }).nullable(),
    }),
  ),
});
export type PerformanceEpoch = z.infer<typeof performanceEpoch>;

/** `GET /performance`. */
export const performanceReport = performanceFigures.extend({
  /**
   * Whether the figures compare the versions. False when the split or a model changed within the period: each version then
   * answered another mix of traffic, and a better figure does not show a better version.
   */
  comparable: z.boolean(),
  /** What changed within the period, newest first, at most 20. */
  changes: z.array(periodChange),
  /** Where a period may begin in which nothing changed; null if nothing changed, or less than a minute ago. */
  comparable_since: z.iso.datetime().nullable(),
  /** Oldest first, at most the newest 100. Several: weights or releases changed, and their figures stand apart. */
  epochs: z.array(performanceEpoch),
  /** The versions within those epochs that have the releases of the newest one, without slow answers; null without any. */
  comparison: comparisonReport.nullable(),
  /** What may be read off the figures, in a sentence. */
  words: z.string(),
});
export type PerformanceReport = z.infer<typeof performanceReport>;
