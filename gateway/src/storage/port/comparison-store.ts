import type { Answer } from './answer.ts';
import type { Epoch } from './epoch.ts';

/**
 * What cells count, by the assigned version. Requests: `assigned` (by user) and `errors` (by time; sum: those that it did
 * not answer). Rows: `answered`, and with feedback `accuracy`, `outcome`, `log_loss`, `cost`. `paired`: rows that the shadow
 * version `against` answered too, n: all, sum: only the version was right, squares: only the shadow was right.
 */
export const cellMetrics = [
  'assigned',
  'errors',
  'answered',
  'accuracy',
  'outcome',
  'log_loss',
  'cost',
  'paired',
] as const;
export type CellMetric = (typeof cellMetrics)[number];

/** A metric of a version in an epoch, by its 64 buckets. */
export type Cell = {
  version: string;
  metric: CellMetric;
  /** The shadow version of `paired`, else empty. */
  against: string;
  n: Float64Array;
  sum: Float64Array;
  squares: Float64Array;
};

/** Answers of an assigned version by time slice (64) and latency bucket: `counts[slice × LATENCY_BUCKETS + bucket]`. */
export type LatencyCells = { version: string; counts: Uint32Array };

/** An epoch with what was counted in it. `started` and `updated`: about the times of its first and last row. */
export type EpochCells = Epoch & {
  id: number;
  started: number;
  updated: number;
  cells: Cell[];
  latencies: LatencyCells[];
};

/** Reads what was counted. */
export interface ComparisonStore {
  /** All epochs whose period is at least `from` and at most `to`, oldest first. */
  epochs(from: number, to: number): Answer<EpochCells[]>;
  /** The newest `limit` epochs that have rows from `since` to `until`, oldest first, whole, without their latencies. Milliseconds. */
  epochsBetween(since: number, until: number, limit: number): Answer<EpochCells[]>;
  /** The newest epoch of a period, without its cells; null if there is none. */
  lastEpoch(period: number): Answer<Epoch | null>;
}

/** Named values as JSON: results that are kept. */
export interface DocumentStore {
  /** Stores a value under a name. With `once` the first value stays. Returns what is stored then. */
  put(kind: string, name: string, value: unknown, once?: boolean): Answer<unknown>;
  get(kind: string, name: string): Answer<unknown | null>;
  /** Of a kind, the one stored first last. */
  list(kind: string, limit: number): Answer<{ name: string; value: unknown }[]>;
}
