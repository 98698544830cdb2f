import { z } from 'zod';
import { periodChange } from './performance.ts';

/** Steps of a timeline and their milliseconds. In UTC. */
export const timelineSteps = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;
export type TimelineStep = keyof typeof timelineSteps;
export const timelineStepNames = Object.keys(timelineSteps) as [TimelineStep, ...TimelineStep[]];

const timelinePoint = z.object({
  /** Where the step begins. */
  time: z.iso.datetime(),
  /** Recorded predictions, failed ones included. */
  n: z.int(),
  errors: z.int(),
  /** 95th percentile of the latency in milliseconds; null without answers. */
  p95_ms: z.number().nullable(),
  /** Predictions of this step that have feedback by now, and of those the right ones. */
  feedback: z.int(),
  correct: z.int(),
});
export type TimelinePoint = z.infer<typeof timelinePoint>;

/** Something that changed, and the audit's entry of it. */
export const timelineChange = periodChange.extend({
  /** Id of the audit entry; null of a replaced model, which the gateway only sees. */
  audit: z.int().nullable(),
  /** Who did what and why, in one line. */
  words: z.string(),
});
export type TimelineChange = z.infer<typeof timelineChange>;

/** `GET /timeline`: what the record counted, step by step, without the page's predictions. */
export const timelineReport = z.object({
  since: z.iso.datetime(),
  until: z.iso.datetime(),
  step: z.enum(timelineStepNames),
  versions: z.array(
    z.object({
      version: z.string(),
      /** Oldest first, without the steps in which the version answered nothing. */
      points: z.array(timelinePoint),
    }),
  ),
  /** Oldest first. */
  changes: z.array(timelineChange),
});
export type TimelineReport = z.infer<typeof timelineReport>;
