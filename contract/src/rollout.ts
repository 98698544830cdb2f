import { z } from 'zod';

export const rolloutStates = ['running', 'paused', 'done', 'rolled_back'] as const;

/** What may take a candidate out. Decision, report, metrics, OpenAPI and page read this table. */
export const guardrails = {
  errors: { what: 'requests that the version does not answer', least: 0.005, default: true },
  slow: { what: "answers slower than the baseline's 95th percentile", least: 0, default: true },
  accuracy: { what: 'rows with feedback that are right', least: 0.01, default: true },
  /** Only when a start names it: it is not known which outcomes are harm. */
  outcome: { what: 'outcome of the rows with feedback', least: 0, default: false },
} as const satisfies Record<
  string,
  {
    /** What is counted. */
    what: string;
    /** A smaller difference is no harm. */
    least: number;
    /** Whether a rollout has it unless its start says otherwise. */
    default: boolean;
  }
>;
export type GuardrailName = keyof typeof guardrails;
export const guardrailNames = Object.keys(guardrails) as [GuardrailName, ...GuardrailName[]];
export const rolloutProofs = ['replay', 'paired'] as const;
export type RolloutProof = (typeof rolloutProofs)[number];

const reason = z.string().trim().min(1).max(500);
const revision = z.int().nonnegative().optional();
const percent = z.number().min(0.01).max(99.99);

/** Body of `POST /rollout`. */
export const rolloutStart = z.strictObject({
  version: z.string().describe('The candidate.'),
  baseline: z.string().optional().describe('Default: the other version with the most weight.'),
  steps: z
    .array(percent)
    .min(1)
    .max(20)
    .refine((steps) => steps.every((step, i) => i === 0 || step > (steps[i - 1] as number)), 'must rise')
    .optional()
    .describe("Percent of the pair's weight that the candidate gets, rising; 100 follows. Default: ROLLOUT_STEPS."),
  step_minutes: z.number().gt(0).max(10_080).optional().describe('A step lasts at least so long.'),
  step_requests: z.int().min(1).max(10_000_000).optional().describe('A step gets at least so many requests.'),
  max_step_hours: z.number().gt(0).max(8760).optional().describe('A step that lasts longer pauses the rollout.'),
  guardrails: z
    .partialRecord(z.enum(guardrailNames), z.boolean())
    .optional()
    .describe('Which guardrails to have. Default: all but outcome.'),
  require: z.enum(rolloutProofs).optional().describe('Proof of no harm before the first step.'),
  promote: z
    .boolean()
    .optional()
    .describe("Once it is done, make the candidate's release champion. It must be the challenger, and approved."),
  reason,
  revision,
});
export type RolloutStart = z.infer<typeof rolloutStart>;

/** Body of `POST /rollout/{pause,resume,promote,abort}`. */
export const rolloutChange = z.strictObject({
  reason,
  revision,
  step: z
    .number()
    .min(0.01)
    .max(100)
    .optional()
    .describe('Of `resume` and `promote`: the step to go on with, in percent. Default: the present one; the next one.'),
  version: z.string().optional().describe("Of `promote` to 100 %: the candidate's name, once more."),
});
export type RolloutChange = z.infer<typeof rolloutChange>;
export const rolloutCommands = ['pause', 'resume', 'promote', 'abort'] as const;
export type RolloutCommand = (typeof rolloutCommands)[number];

/** One change of a rollout: who, when, what it became and the numbers that decided. */
export const rolloutMove = z.object({
  time: z.iso.datetime(),
  who: z.string(),
  state: z.enum(rolloutStates),
  paused_by: z.enum(['self', 'human']).nullable(),
  /** Percent of the pair's weight that the candidate has from then on, by the rollout. */
  percent: z.number(),
  reason: z.string(),
});
export type RolloutMove = z.infer<typeof rolloutMove>;

/** What becomes of the candidate's release once the rollout is done. */
export const rolloutPromotion = z.object({
  release: z.int().positive(),
  /** `waits`: for the end of the rollout, or for the next try. `over`: a person decided otherwise. */
  state: z.enum(['waits', 'promoted', 'over']),
});
export type RolloutPromotion = z.infer<typeof rolloutPromotion>;

/** A rollout, as the control state keeps it: its phase is stored, never guessed from the weights. */
export const rolloutState = z.object({
  version: z.string(),
  baseline: z.string(),
  state: z.enum(rolloutStates),
  /**
   * Whose weights are in force while it is paused, else null. `self`: its own, since it or a person paused it; a violated
   * guardrail still rolls back. `human`: others changed the weights; a violated guardrail only alerts.
   */
  paused_by: z.enum(['self', 'human']).nullable(),
  /** The first of its periods: its evidence begins there. */
  period: z.int(),
  /** Percent of the pair's weight, rising; 100 follows. */
  steps: z.array(z.number()),
  /** Index of the present step; `steps.length`: 100 %. */
  step: z.int().nonnegative(),
  /** The first period of the present step: its requests are counted from there. */
  step_period: z.int(),
  /** The first period of its checks: those of before a resume do not pause it again. */
  checks_period: z.int(),
  /** What the candidate has of the pair's weight by the present step; 0 once it is rolled back. */
  percent: z.number(),
  /** The weights that it set last: others in force are somebody else's. */
  weights: z.record(z.string(), z.int().nonnegative()),
  /** What the pair served at its start or last resume; null for a version that names no release. */
  releases: z.object({ candidate: z.string().nullable(), baseline: z.string().nullable() }),
  step_minutes: z.number(),
  step_requests: z.int(),
  max_step_hours: z.number(),
  guardrails: z.array(z.enum(guardrailNames)),
  require: z.enum(rolloutProofs).nullable(),
  /** Only of a rollout that promotes. */
  promote: rolloutPromotion.optional(),
  who: z.string(),
  reason: z.string(),
  started: z.iso.datetime(),
  /** Its changes, oldest first; the first one is its start. */
  moves: z.array(rolloutMove),
});
export type RolloutState = z.infer<typeof rolloutState>;

/** What a guardrail sees. Differences are candidate − baseline. */
export const guardrailView = z.object({
  name: z.enum(guardrailNames),
  status: z.enum(['not enough data', 'ok', 'violated']),
  /** Natural logarithm of the evidence for harm, and how much of it violates; null below the gate. */
  log_e: z.number().nullable(),
  limit: z.number(),
  /** Rates or means with equal weights in both versions; null without data. */
  candidate: z.number().nullable(),
  baseline: z.number().nullable(),
  difference: z.number().nullable(),
  /** One-sided limits of the difference: each holds however often one looks. */
  low: z.number().nullable(),
  high: z.number().nullable(),
  /** Requests or rows. */
  n: z.object({ candidate: z.int(), baseline: z.int() }),
  /** The same in words. */
  words: z.string(),
});
export type GuardrailView = z.infer<typeof guardrailView>;

/** What the rollout saw when it last looked. */
export const rolloutLook = z.object({
  time: z.iso.datetime(),
  /** When it looks again. */
  next: z.iso.datetime(),
  /** Why the step's clock stands, or null. */
  held: z.string().nullable(),
  /** What the step still waits for, in words; null when nothing. */
  waits: z.string().nullable(),
  /** Seconds that the step has run, without those when it was held or the gateway was down. */
  step_seconds: z.number(),
  /** Requests assigned to the candidate in the step. */
  step_requests: z.int(),
  guardrails: z.array(guardrailView),
  checks: z.object({
    sample_ratio: z.object({ alarm: z.boolean(), log_e: z.number() }),
    feedback: z.object({ alarm: z.boolean(), log_e: z.number() }),
  }),
  /** Requests that the candidate did not answer although they were assigned to it: failed over, or failed. */
  failed: z.int(),
});
export type RolloutLook = z.infer<typeof rolloutLook>;

/** A rollout with what it sees. */
export const rolloutView = rolloutState.extend({
  /** Null before the first look. */
  look: rolloutLook.nullable(),
  /** Where it stands, in one sentence. Every surface says it in these words. */
  words: z.string(),
});
export type RolloutView = z.infer<typeof rolloutView>;

/** `GET /rollout`, and the answer to each change: the rollout that runs, else the last one that ended. */
export const rolloutReport = z.object({ revision: z.int().nonnegative(), rollout: rolloutView.nullable() });
export type RolloutReport = z.infer<typeof rolloutReport>;
