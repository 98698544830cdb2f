import { uuidBytes, uuidTime } from '../storage/rows/uuid-v7.ts';

/** Longer than any `RECORD_FLUSH_MS` and the write after it, with clocks that differ a little. */
const YOUNG_MS = 2_000;

/**
 * Whether another gateway may still hold the row of a prediction that the record does not have: its id, a uuid v7, says
 * that the prediction is a moment old.
 */
export function isYoung(id: string, now: number): boolean {
  return id[14] === '7' && Math.abs(now - uuidTime(uuidBytes(id))) < YOUNG_MS;
}
