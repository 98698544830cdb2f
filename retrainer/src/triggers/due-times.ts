import type { Schedule } from './schedule.ts';

/** The times of a schedule that come while the retrainer runs; what it misses while it is down is not made up for. */
export class DueTimes {
  readonly #schedule: Schedule | null;
  #next: number | null;

  constructor(schedule: Schedule | null, now: number) {
    this.#schedule = schedule;
    this.#next = schedule?.next(now) ?? null;
  }

  /** The first time that has come and is not settled, or null. */
  come(now: number): number | null {
    return this.#next !== null && now >= this.#next ? this.#next : null;
  }

  /** What has come by now is dealt with. */
  settle(now: number): void {
    this.#next = this.#schedule?.next(now) ?? null;
  }
}
