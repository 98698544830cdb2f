import { z } from 'zod';

export const rolloutStates = ['running', 'paused', 'done', 'rolled_back'] as const;
export const guardrailNames = ['errors', 'slow', 'accuracy', 'outcome'] as const;
export type GuardrailName = (typeof guardrailNames)[number];

const reason = z.string().trim().min(1).max(500);
const revision = z.int().nonnegative().optional();
const percent = z.number().gt(0).lt(100);

/** Body of `POST /rollout`. */
export const rolloutStart = z.strictObject({
  version: z.string().describe('The candidate.'),
  baseline: z.string().optional().describe('Default: the other version with the most weight.'),
  steps: z
    .array(percent)
    .min(1)
    .max(20)
    .optional()
    .describe("Percent of the pair's weight that the candidate gets, rising; 100 follows. Default: ROLLOUT_STEPS."),
  step_minutes: z.number().gt(0).max(10_080).optional().describe('A step lasts at least so long.'),
  step_requests: z.int().min(1).max(10_000_000).optional().describe('A step gets at least so many requests.'),
  max_step_hours: z.number().gt(0).max(8760).optional().describe('A step that lasts longer pauses the rollout.'),
  guardrails: z.partialRecord(z.enum(guardrailNames), z.boolean()).optional(),
  require: z.enum(['replay', 'paired']).optional().describe('Proof of no harm before the first step.'),
  reason,
  revision,
});
export type RolloutStart = z.infer<typeof rolloutStart>;

/** Body of `POST /rollout/{pause,resume,promote,abort}`. */
export const rolloutChange = z.strictObject({
  reason,
  revision,
  /** Of `resume`: the step to go on with, in percent; default: the present one. */
  step: percent.optional(),
  /** Of `promote` to 100 %: the candidate's name, once more. */
  version: z.string().optional(),
});
export type RolloutChange = z.infer<typeof rolloutChange>;

/** A rollout, as the control state keeps it: its phase is stored, never guessed from the weights. */
export const rolloutState = z.looseObject({
  version: z.string(),
  baseline: z.string(),
  state: z.enum(rolloutStates),
  /** Who paused it: itself, or a person who changed the weights; null while it is not paused. */
  paused_by: z.enum(['self', 'human']).nullable(),
  /** The first of its periods: its evidence begins there. */
  period: z.int(),
});
export type RolloutState = z.infer<typeof rolloutState>;
