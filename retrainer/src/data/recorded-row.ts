import type { FeatureValue } from '@coppice/contract';

/** A row of the record whose class feedback gave. */
export type RecordedRow = {
  /** Milliseconds since the epoch. */
  time: number;
  values: ReadonlyMap<string, FeatureValue>;
  actual: string;
  /** The client's own key, or null. */
  reference: string | null;
  /** Hash of the user's key, or null. */
  user: string | null;
};

/** A row as cells of a CSV file, in the order of the base file's columns. */
export type LabelledRow = { cells: readonly string[]; label: string };
export type TimedRow = LabelledRow & Pick<RecordedRow, 'time' | 'reference' | 'user'>;
