import type { FeatureValue } from '@coppice/contract';

/** One feature's values of the window's rows, each in the slot of its row. */
export interface WindowColumn {
  /**
   * Whether null is a gap. If not, no version that has the feature gets a row without it, so that such a row does not count
   * for it.
   */
  nullable: boolean;
  /**
   * Keeps a value: null is missing. Undefined is that the row does not have this feature, and so is a value that the feature
   * cannot have: that row does not count for it.
   */
  set(slot: number, value: FeatureValue | undefined): void;
  /** The value kept, a date in days. */
  at(slot: number): FeatureValue | undefined;
  /** What the first `size` slots hold, or those of them that `only` names. */
  seen(size: number, only?: readonly number[]): Seen;
}

/** Rows that have the feature, and how many of them had no value. */
type Counted = { rows: number; missing: number };
/** Of a number or date: the present values, ascending. */
export type SeenMeasured = Counted & { sorted: readonly number[] };
/** Of a category or boolean: rows of each known value, and the other values with theirs, the most frequent first. */
export type SeenValues = Counted & {
  counts: readonly number[];
  unseen: number;
  others: readonly { value: string; rows: number }[];
};
export type Seen = SeenMeasured | SeenValues;
