import type { FeatureValue } from '@coppice/contract';
import type { InferError } from './infer-error.ts';

/**
 * One upstream answer: row `i` has class `labels[i]` and probabilities `probabilities[i * classes …]`, or none from a
 * server that returns only labels.
 */
export type InferAnswer = {
  labels: ArrayLike<number>;
  probabilities: ArrayLike<number> | null;
  classes: number;
  /** Number of the release that answered, as its server says; null where it says none. */
  release: string | null;
};

export interface RowsToInfer {
  /** Row after row, `rows × columns` values. */
  readonly features: ArrayLike<FeatureValue>;
  /** Names of the features, in the order of their values. */
  readonly columns: readonly string[];
  readonly rows: number;
}

/** Rows to predict together. Exactly one of `succeed` and `fail` is called, once, and never during `submit`'s own turn. */
export interface InferJob extends RowsToInfer {
  /**
   * Whether the version may still answer it, asked when that serves another release or is kept out, and whether it may by an answer of
   * `release`, where another one than the request was written for gave it; absent: it may.
   */
  stays?(release?: string): boolean;
  /** The job's rows begin at row `first` of the answer. */
  succeed(answer: InferAnswer, first: number): void;
  fail(error: InferError): void;
}
