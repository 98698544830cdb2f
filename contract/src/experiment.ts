import { z } from 'zod';
import { comparedMetrics, comparisonReport } from './comparison.ts';

const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/)
  .describe('Lower-case letters, digits, dot, dash and underscore; at most 64.');
const reason = z.string().trim().min(1).max(500);
const metricNames = Object.keys(comparedMetrics) as [keyof typeof comparedMetrics, ...(keyof typeof comparedMetrics)[]];

/** Body of `POST /experiments`. */
export const experimentStart = z.strictObject({
  name,
  baseline: z.string().optional().describe('Default: the first version with weight.'),
  candidates: z.array(z.string()).min(1).optional().describe('Default: all other versions with weight.'),
  metric: z.enum(metricNames).default('accuracy').describe('What the experiment is about.'),
  margin: z
    .number()
    .positive()
    .optional()
    .describe('Differences within it are equivalent. Default for accuracy: 0.02.'),
  effect: z.number().positive().default(0.02).describe('The difference that it is meant to show.'),
  reason,
  revision: z.int().nonnegative().optional(),
});
export type ExperimentStart = z.infer<typeof experimentStart>;

/** Body of `POST /experiments/:name/stop`. */
export const experimentStop = z.strictObject({ reason, revision: z.int().nonnegative().optional() });

/** A running experiment, as the control state keeps it. */
export const experimentState = z.object({
  name: z.string(),
  baseline: z.string(),
  candidates: z.array(z.string()),
  metric: z.enum(metricNames),
  margin: z.number().nullable(),
  effect: z.number(),
  reason: z.string(),
  who: z.string(),
  /** The first of its periods. */
  period: z.int(),
  started: z.iso.datetime(),
});
export type ExperimentState = z.infer<typeof experimentState>;

/** One of `GET /experiments`: running, or ended with its result. */
export const experimentView = experimentState.extend({
  /** Null while it runs. `changed`: a version serves another release than at the start. */
  ended: z.iso.datetime().nullable(),
  end: z.enum(['stopped', 'changed']).nullable(),
  end_reason: z.string().nullable(),
  comparison: comparisonReport.nullable(),
});
export type ExperimentView = z.infer<typeof experimentView>;
/** `GET /experiments`, newest first; without their comparisons. */
export const experimentList = z.object({ experiments: z.array(experimentView.omit({ comparison: true })) });
export type ExperimentList = z.infer<typeof experimentList>;
