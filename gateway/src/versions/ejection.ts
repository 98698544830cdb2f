export type EjectionRules = {
  /** Failures in a row that eject. */
  failures: number;
  /** Milliseconds of the first ejection; the n-th lasts n times as long, up to `maxMs`. */
  baseMs: number;
  maxMs: number;
  /** Milliseconds without an ejection that take one off the count. */
  forgiveMs: number;
};

/** Envoy's outlier detection (`consecutive_5xx`, `base_ejection_time`, `max_ejection_time`, `interval`). */
export const ENVOY_RULES: EjectionRules = { failures: 5, baseMs: 30_000, maxMs: 300_000, forgiveMs: 10_000 };

/** Whether a version is taken out of traffic because its last requests failed. Times are milliseconds of `now`. */
export class Ejection {
  readonly #rules: EjectionRules;
  readonly #now: () => number;
  #failures = 0;
  #times = 0;
  #until = 0;
  #endedAt = 0;

  constructor(rules: EjectionRules, now: () => number) {
    this.#rules = rules;
    this.#now = now;
  }

  /** When the present ejection ends by itself, or null. */
  get until(): number | null {
    return this.#until > this.#now() ? this.#until : null;
  }

  succeeded(): void {
    this.#failures = 0;
  }

  /** Counts a failed request. True when this one ejects the version. */
  failed(): boolean {
    if (this.until !== null || ++this.#failures < this.#rules.failures) return false;
    const now = this.#now();
    const quietSince = Math.max(this.#endedAt, this.#until);
    const forgiven = Math.floor((now - quietSince) / this.#rules.forgiveMs);
    this.#times = Math.max(0, this.#times - forgiven) + 1;
    this.#until = now + Math.min(this.#rules.baseMs * this.#times, this.#rules.maxMs);
    this.#failures = 0;
    return true;
  }

  /** A readiness check passed: the version may serve again. */
  end(): void {
    if (this.until === null) return;
    this.#endedAt = this.#now();
    this.#until = 0;
  }
}
