import type { RolloutLook, RolloutState } from '@coppice/contract';
import { rolloutLook } from '@coppice/contract';
import { z } from 'zod';
import type { Evidence } from './evidence.ts';
import type { StepClock } from './next-step.ts';

/** What a look at a rollout leaves for the next one, on this gateway or another, and for those who ask. */
export const stepRecord = z.object({
  step_period: z.int(),
  run_ms: z.number(),
  age_ms: z.number(),
  ejections: z.int(),
  look: rolloutLook.nullable(),
});
export type StepRecord = z.infer<typeof stepRecord>;

/** What the gateway that looks remembers of the present step. Clocks stand while nobody looks. */
export class StepMemory {
  readonly #rollout: number;
  readonly #step: number;
  readonly #longest: number;
  readonly #ejectedBefore: number;
  #clock: StepClock;
  #lookedAt: number;
  evidence: Evidence | null = null;
  look: RolloutLook | null;

  /**
   * `kept`: what the last look left, of any step of this rollout. `ejections`: of the candidate since this gateway started. `longest`: a gap
   * between two looks counts as so many milliseconds at most.
   */
  constructor(
    { period, step_period }: Pick<RolloutState, 'period' | 'step_period'>,
    kept: StepRecord | null,
    { now, ejections, longest }: { now: number; ejections: number; longest: number },
  ) {
    const same = kept?.step_period === step_period ? kept : null;
    this.#rollout = period;
    this.#step = step_period;
    this.#longest = longest;
    this.#clock = { runMs: same?.run_ms ?? 0, ageMs: same?.age_ms ?? 0 };
    this.#ejectedBefore = (same?.ejections ?? 0) - ejections;
    this.#lookedAt = now;
    this.look = kept?.look ?? null;
  }

  /** Whether it is about this rollout, at any step. */
  isOfRollout({ period }: Pick<RolloutState, 'period'>): boolean {
    return this.#rollout === period;
  }

  /** Whether it is about the present step of this rollout. */
  isOf({ step_period }: Pick<RolloutState, 'step_period'>): boolean {
    return this.#step === step_period;
  }

  get clock(): StepClock {
    return this.#clock;
  }

  /** The clock as it is at `now`; `held`: the step's own clock stood since the last look; `away`: the whole clock did. */
  tick(now: number, { held, away }: { held: boolean; away: boolean }): StepClock {
    const passed = away ? 0 : Math.min(Math.max(0, now - this.#lookedAt), this.#longest);
    this.#lookedAt = now;
    this.#clock = { runMs: this.#clock.runMs + (held ? 0 : passed), ageMs: this.#clock.ageMs + passed };
    return this.#clock;
  }

  /** Ejections of the candidate in this step, of those that this gateway and the ones before it saw. */
  ejections(total: number): number {
    return this.#ejectedBefore + total;
  }

  record(ejections: number): StepRecord {
    const { runMs, ageMs } = this.#clock;
    return {
      ...{ step_period: this.#step, run_ms: runMs, age_ms: ageMs },
      ...{ ejections: this.ejections(ejections), look: this.look },
    };
  }
}
