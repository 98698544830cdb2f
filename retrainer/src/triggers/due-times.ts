import type { Schedule } from './schedule.ts';

/** The times of a schedule that come while the retrainer runs; what it misses while it is down is not made up for. */
export class DueTimes {
  readonly #schedule: Schedule | null;
  #next: number | null;

  constructor(schedule: Schedule | null, now: number) {
    this.#schedule = schedule;
    this.#next = schedule?.next(now) ?? null;
  }

  /** The time that has come since the last call, or null. */
  take(now: number): number | null {
    const due = this.#next;
    if (due === null || now < due) return null;
    this.#next = this.#schedule?.next(now) ?? null;
    return due;
  }
}
