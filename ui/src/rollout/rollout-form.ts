import type { GuardrailName, RolloutProof, RolloutStart } from '@coppice/contract';

/** What the visitor writes to start a rollout; an empty field leaves the choice to the gateway. */
export type RolloutForm = {
  version: string;
  reason: string;
  steps: string;
  /** Null or empty: not given. */
  minutes: number | string | null;
  requests: number | string | null;
  guardrails: Record<GuardrailName, boolean>;
  proof: RolloutProof | '';
  /** Whether its release becomes champion once the rollout is done. */
  promote: boolean;
};

export const emptyForm = (version: string): RolloutForm => ({
  ...{ version, reason: '', steps: '', minutes: '', requests: '', proof: '', promote: false },
  guardrails: { errors: true, slow: true, accuracy: true, outcome: false },
});

/** What is wrong with the steps, in words; null when nothing is. */
export function stepsProblem(text: string): string | null {
  const steps = parseSteps(text);
  if (steps.length > 20) return 'At most 20 steps.';
  const rises = steps.every((step, i) => step >= 0.01 && step <= 99.99 && (i === 0 || step > (steps[i - 1] ?? 0)));
  return rises ? null : 'Steps are percentages from 0.01 to 99.99 that rise, such as 1, 5, 10, 25, 50.';
}

/** The body of `POST /rollout`. */
export function toStart(form: RolloutForm, revision: number | undefined): RolloutStart {
  const steps = parseSteps(form.steps);
  return {
    version: form.version,
    reason: form.reason.trim(),
    guardrails: form.guardrails,
    ...(steps.length > 0 ? { steps } : {}),
    ...(isGiven(form.minutes) ? { step_minutes: Number(form.minutes) } : {}),
    ...(isGiven(form.requests) ? { step_requests: Number(form.requests) } : {}),
    ...(form.proof ? { require: form.proof } : {}),
    ...(form.promote ? { promote: true } : {}),
    ...(revision === undefined ? {} : { revision }),
  };
}

const isGiven = (value: number | string | null) => value !== null && value !== '';

const parseSteps = (text: string) =>
  text
    .split(/[,;\s]+/)
    .filter(Boolean)
    .map(Number);
