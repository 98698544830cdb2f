import { type ReplayView, replayView } from '@coppice/contract';

/** The kind of stored replays among the documents. */
export const REPLAYS = 'replay';

/** A stored replay; null for one that another Coppice wrote in a form unknown here. */
export function readReplay(value: unknown): ReplayView | null {
  const read = replayView.safeParse(value);
  return read.success ? read.data : null;
}
