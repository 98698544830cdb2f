import type { FeatureValue, Route, Source } from '@coppice/contract';
import type { Epoch } from './epoch.ts';

/**
 * One row of an answered or failed request, as the observers receive it off the hot path. The rows of a request are one object, which
 * has one after the other: who keeps one takes a copy (`keptRow`).
 */
export type RecordedPrediction = {
  /** uuid v7 generated for this row: order, periods and retention follow the time in it. */
  id: string;
  /** Milliseconds since the epoch, for readers that do not parse ids. */
  time: number;
  version: string;
  /** The version that weight or sticky hash drew, before failover; null when pinned. */
  assigned: string | null;
  /** Identity of what ran in the version, or null if it has none. */
  release: string | null;
  route: Route;
  source: Source;
  /** The client's own key, or null. */
  reference: string | null;
  userHash: string | null;
  /** In the order of `columns`, from `featuresAt` on (default 0): the rows of a request share it. */
  features: ArrayLike<FeatureValue>;
  featuresAt?: number;
  /** Names of the features; the same array in all rows that have the same ones. */
  columns: readonly string[];
  /** Index of the class, or -1 when the request failed. */
  label: number;
  /** Of each class, `classes` of them from `probabilityAt` on (default: all): the rows of an answer share it. */
  probability: ArrayLike<number> | null;
  probabilityAt?: number;
  classes?: number;
  latencySeconds: number;
  /** Reason when the request failed, else null. */
  error: string | null;
  /** When its version was assigned; null for one that counts in no comparison. */
  epoch: Epoch | null;
  /** 0–63, by its user, else by chance: rows of one user are not independent of each other. */
  bucket: number;
  /** The first row of its request. */
  first: boolean;
};

/** The row in an object and arrays of its own. */
export function keptRow(row: RecordedPrediction): RecordedPrediction {
  const { columns, features, featuresAt = 0, probability, probabilityAt = 0, classes = probability?.length } = row;
  return {
    ...row,
    features: part(features, featuresAt, columns.length),
    featuresAt: 0,
    probability: probability && part(probability, probabilityAt, classes ?? 0),
    probabilityAt: 0,
  };
}

function part<T>(values: ArrayLike<T>, from: number, length: number): T[] {
  return Array.from({ length }, (_, i) => values[from + i] as T);
}
