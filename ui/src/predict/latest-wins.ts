type Timing = { now(): number; later(run: () => void, ms: number): void };
const realTiming: Timing = { now: () => performance.now(), later: (run, ms) => void setTimeout(run, ms) };

/**
 * Sends the first value at once, keeps one task in flight, and then sends the newest value only. Tasks start at least
 * `spacingMs` apart, so that a drag sends a bounded number of requests; a lone change never waits.
 */
export class LatestWins<T> {
  readonly #task: (value: T) => Promise<void>;
  readonly #spacingMs: number;
  readonly #timing: Timing;
  #waiting: { value: T } | null = null;
  #busy = false;
  #lastStart = Number.NEGATIVE_INFINITY;

  /** `task` handles its own errors. */
  constructor(task: (value: T) => Promise<void>, spacingMs: number, timing: Timing = realTiming) {
    this.#task = task;
    this.#spacingMs = spacingMs;
    this.#timing = timing;
  }

  submit(value: T): void {
    this.#waiting = { value };
    if (!this.#busy) this.#start();
  }

  /** Drops the waiting value. */
  clear(): void {
    this.#waiting = null;
  }

  #start(): void {
    this.#busy = true;
    const wait = this.#lastStart + this.#spacingMs - this.#timing.now();
    if (wait > 0) this.#timing.later(() => this.#run(), wait);
    else this.#run();
  }

  #run(): void {
    const next = this.#waiting;
    this.#waiting = null;
    if (!next) {
      this.#busy = false;
      return;
    }
    this.#lastStart = this.#timing.now();
    const done = () => {
      this.#busy = false;
      if (this.#waiting) this.#start();
    };
    this.#task(next.value).then(done, done);
  }
}
