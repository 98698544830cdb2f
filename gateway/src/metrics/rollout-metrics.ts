import type { GuardrailName } from '@coppice/contract';
import { Counter, Gauge, type Registry } from 'prom-client';
import { METRICS, type RolloutPhase, rolloutPhases } from './metric-names.ts';

/** What the gateway exports of rollouts. A value that is not known is absent, never NaN. */
export class RolloutMetrics {
  readonly #step: Gauge;
  readonly #state: Gauge;
  readonly #guardrail: Gauge;
  readonly #violated: Gauge;
  readonly #changes: Counter;

  constructor(registry: Registry) {
    const gauge = (name: string, help: string, label: string) =>
      new Gauge({ name, help, labelNames: [label], registers: [registry] });
    this.#step = gauge(
      METRICS.rolloutStep,
      "Percent of the pair's weight that the present step of a rollout gives its candidate; absent when none runs.",
      'version',
    );
    this.#state = gauge(METRICS.rolloutState, '1 for the state of the last rollout.', 'state');
    this.#guardrail = gauge(
      METRICS.rolloutGuardrail,
      'Natural logarithm of the evidence for harm by the candidate; absent while there is not enough data.',
      'guardrail',
    );
    this.#violated = gauge(METRICS.rolloutViolated, '1 while the evidence violates the guardrail.', 'guardrail');
    const help = 'Changes of a rollout, by what it became.';
    this.#changes = new Counter({ name: METRICS.rolloutChanges, help, labelNames: ['to'], registers: [registry] });
    for (const to of rolloutPhases) this.#changes.inc({ to }, 0);
    this.last(null);
  }

  /** The last rollout; null: none ever ran. `percent`: null once it has ended. */
  last(rollout: { version: string; phase: RolloutPhase; percent: number | null } | null): void {
    for (const state of rolloutPhases) this.#state.set({ state }, rollout?.phase === state ? 1 : 0);
    this.#step.reset();
    if (rollout && rollout.percent !== null) this.#step.set({ version: rollout.version }, rollout.percent);
  }

  /** What the guardrails saw last; none: this gateway does not look. */
  guardrails(seen: readonly { name: GuardrailName; log_e: number | null; violated: boolean }[]): void {
    this.#guardrail.reset();
    this.#violated.reset();
    for (const { name, log_e, violated } of seen) {
      if (log_e !== null) this.#guardrail.set({ guardrail: name }, log_e);
      this.#violated.set({ guardrail: name }, violated ? 1 : 0);
    }
  }

  changed(to: RolloutPhase): void {
    this.#changes.inc({ to });
  }
}
