import type { GuardrailName, GuardrailView, RolloutLook } from '@coppice/contract';

/** What was counted since a rollout began, as far as it decides. */
export type Evidence = {
  guardrails: GuardrailView[];
  checks: RolloutLook['checks'];
  /** Guardrails that would be violated if requests were in more than a few slices of time: no step passes meanwhile. */
  early: GuardrailName[];
  /** Requests assigned to the candidate in the present step. */
  stepRequests: number;
  /** Requests since the start that were assigned to the candidate and that it did not answer. */
  failed: number;
  /** Proof of no harm, which 100 % needs; null: it is not judged, since it is no guardrail or there is no feedback at all. */
  proven: { errors: boolean | null; accuracy: boolean | null };
};
