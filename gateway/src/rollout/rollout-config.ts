import { rolloutStart } from '@coppice/contract';
import { ConfigError, envInteger, envNumber } from '@coppice/serverkit';

export type RolloutConfig = {
  /** Percent of the pair's weight, rising; 100 follows. */
  steps: number[];
  stepMinutes: number;
  stepRequests: number;
  /** Between two looks at a running rollout. */
  lookMs: number;
};

type Env = Record<string, string | undefined>;

/** What a rollout does when its start does not say otherwise. Throws `ConfigError`. */
export function readRolloutConfig(env: Env): RolloutConfig {
  return {
    steps: readSteps(env.ROLLOUT_STEPS?.trim() || '1,5,10,25,50'),
    stepMinutes: envNumber(env, 'ROLLOUT_STEP_MINUTES', { fallback: 5, min: 0.01, max: 10_080 }),
    stepRequests: envInteger(env, 'ROLLOUT_STEP_REQUESTS', { fallback: 100, min: 1, max: 10_000_000 }),
    lookMs: envNumber(env, 'ROLLOUT_LOOK_SECONDS', { fallback: 10, min: 0.1, max: 60 }) * 1000,
  };
}

function readSteps(text: string): number[] {
  const steps = rolloutStart.shape.steps.safeParse(
    text.split(',').map((step) => (step.trim() ? Number(step) : Number.NaN)),
  );
  if (steps.success && steps.data) return steps.data;
  throw new ConfigError(
    `ROLLOUT_STEPS=${text} is not allowed: must be up to 20 rising percentages from 0.01 to 99.99, as in 1,5,10,25,50`,
  );
}
