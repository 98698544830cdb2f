import { z } from 'zod';

/** Counters since the gateway started, without refused requests among the errors. */
export const usageCounters = z.object({
  requests: z.int().nonnegative(),
  errors: z.int().nonnegative(),
  /** Requests by the version that answered, or was the last to fail. */
  versions: z.record(z.string(), z.int().nonnegative()),
  /** How many answers took at most so many seconds, all versions together, ascending; null: any number. */
  latency: z.array(z.tuple([z.number().nullable(), z.int().nonnegative()])),
});
export type UsageCounters = z.infer<typeof usageCounters>;

/** Differ from before when what they stand for does: whoever shows that asks again. */
export const changeStamps = z.object({
  /** Readiness of the versions, and what needs a person. */
  ready: z.string(),
  comparison: z.string(),
  rollout: z.string(),
  releases: z.string(),
});
export type ChangeStamps = z.infer<typeof changeStamps>;

/** Events of `GET /events`: first all of them, then each when its data differ; `beat`, without data, every second. */
export const eventNames = ['config', 'usage', 'stamps', 'beat'] as const;
export type EventName = (typeof eventNames)[number];
