export type EjectionRules = {
  /** Failures among the last `of` requests that eject. */
  failures: number;
  of: number;
  /** Milliseconds of the first ejection; the n-th lasts n times as long, up to `maxMs`. */
  baseMs: number;
  maxMs: number;
  /** Milliseconds without an ejection after which one no longer counts. */
  forgiveMs: number;
};

/**
 * Envoy's outlier detection (`consecutive_5xx`, `base_ejection_time`, `max_ejection_time`, `interval`), except that
 * successes between the failures do not hide them: a version that fails every other request is bad, too.
 */
export const ENVOY_RULES: EjectionRules = { failures: 5, of: 10, baseMs: 30_000, maxMs: 300_000, forgiveMs: 10_000 };

/** `half-open`: a trial inference succeeded; real requests, one at a time, must now show that the version works. */
export type EjectionState = 'closed' | 'open' | 'half-open';

/**
 * A circuit breaker: whether a version is out of traffic because requests to it failed. Open lasts for its own time and
 * until a trial inference succeeds; half-open until a request succeeds (closed) or fails (open again, for longer).
 * Times are milliseconds of `now`.
 */
export class Ejection {
  readonly #rules: EjectionRules;
  readonly #now: () => number;
  #state: EjectionState = 'closed';
  /** The last requests, one bit each, the latest lowest: 1 for a failure. */
  #outcomes = 0;
  #times = 0;
  #until = 0;
  #endedAt = 0;

  constructor(rules: EjectionRules, now: () => number) {
    this.#rules = rules;
    this.#now = now;
  }

  get state(): EjectionState {
    return this.#state;
  }

  /** When the present ejection's own time ends, or null. Then it waits for a trial inference. */
  get until(): number | null {
    return this.#state === 'open' ? this.#until : null;
  }

  get trialDue(): boolean {
    return this.#state === 'open' && this.#now() >= this.#until;
  }

  succeeded(): void {
    this.#outcomes = (this.#outcomes << 1) & ((1 << this.#rules.of) - 1);
    if (this.#state === 'half-open') this.#state = 'closed';
  }

  /** Counts failed requests. True when they eject the version. */
  failed(requests = 1): boolean {
    if (this.#state === 'open') return false;
    for (let i = 0; i < requests; i++) this.#outcomes = ((this.#outcomes << 1) | 1) & ((1 << this.#rules.of) - 1);
    if (this.#state === 'closed' && ones(this.#outcomes) < this.#rules.failures) return false;
    this.open();
    return true;
  }

  /** Ejects now, or once more after a failed trial. */
  open(): void {
    const now = this.#now();
    if (this.#state !== 'open') {
      const forgiven = Math.floor((now - this.#endedAt) / this.#rules.forgiveMs);
      this.#times = Math.max(0, this.#times - forgiven);
    }
    this.#times++;
    this.#state = 'open';
    this.#until = now + Math.min(this.#rules.baseMs * this.#times, this.#rules.maxMs);
    this.#outcomes = 0;
  }

  /** A trial inference succeeded, or a request that was risked. */
  halfOpen(): void {
    if (this.#state !== 'open') return;
    this.#state = 'half-open';
    this.#endedAt = this.#now();
  }

  /** Forgets the failures: something else explains them. */
  reset(): void {
    if (this.#state === 'open') this.#endedAt = this.#now();
    this.#state = 'closed';
    this.#outcomes = 0;
  }
}

function ones(bits: number): number {
  let n = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) n++;
  return n;
}
