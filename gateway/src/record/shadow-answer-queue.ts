import type { ShadowAnswers } from '../storage/port/feedback.ts';

/** The shadow version's answer to a recorded prediction. */
export type ShadowAnswer = { id: string; version: string; class: string };

/** Some seconds of traffic at capacity. */
const MAX_WAITING = 20_000;

/** Answers of the shadow version that wait to be written: bounded, drops the newest. */
export class ShadowAnswerQueue {
  #waiting = empty();

  get size(): number {
    return this.#waiting.ids.length;
  }

  push({ id, version, class: name }: ShadowAnswer): void {
    if (this.size >= MAX_WAITING) return;
    const { ids, versions, classes } = this.#waiting;
    ids.push(id);
    versions.push(version);
    classes.push(name);
  }

  /** Removes and returns all. */
  take(): ShadowAnswers {
    const taken = this.#waiting;
    this.#waiting = empty();
    return taken;
  }
}

const empty = () => ({ ids: [] as string[], versions: [] as string[], classes: [] as string[] });
