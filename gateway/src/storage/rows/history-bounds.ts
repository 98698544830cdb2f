import type { HistoryQuery } from '../port/record-store.ts';
import { decodeCursor, uuidAbove, uuidBytes, uuidFloor } from './uuid-v7.ts';

/** Ids of the rows that a query may show: `from` inclusive, `below` exclusive. */
export type Bounds = { from: Uint8Array; below: Uint8Array };

export const MAX_TIME = 2 ** 48 - 1;

export function boundsOf({
  since,
  until,
  after,
  cursor,
}: Pick<HistoryQuery, 'since' | 'until' | 'after' | 'cursor'>): Bounds {
  const above = after === undefined ? null : uuidAbove(uuidBytes(after));
  const start = uuidFloor(since ?? 0);
  const before = cursor === undefined ? null : decodeCursor(cursor);
  const end = uuidFloor(until ?? MAX_TIME);
  return {
    from: above && Buffer.compare(above, start) > 0 ? above : start,
    below: before && Buffer.compare(before, end) < 0 ? before : end,
  };
}
