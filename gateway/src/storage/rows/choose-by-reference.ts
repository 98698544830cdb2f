import type { UnmatchedWhy } from '../port/feedback.ts';

/** An answered prediction with a reference. `content`: equal for requests that ask for the same. */
export type Referenced = { id: string; time: number; content: string };

/** Predictions with one reference that are read: more are no retries. */
export const MOST_REFERENCED = 100;
const MOST_NAMED = 20;
const DAY_MS = 86_400_000;

export type Choice = { id: string } | UnmatchedWhy;

/**
 * The prediction that a reference means, of those that have it, newest first: the newest. Several on its day (UTC) are
 * one request that was sent again if they ask for the same; else nothing says which is meant.
 */
export function chooseByReference(found: readonly Referenced[]): Choice {
  const [newest] = found;
  if (newest === undefined) return { why: 'unknown' };
  const day = (time: number) => Math.floor(time / DAY_MS);
  const ofDay = found.filter(({ time }) => day(time) === day(newest.time));
  if (ofDay.every(({ content }) => content === newest.content)) return { id: newest.id };
  return { why: 'ambiguous', ids: ofDay.slice(0, MOST_NAMED).map(({ id }) => id) };
}
