import type { InferError } from './infer-error.ts';

/** What one upstream answer holds: row `i` has class `labels[i]` and vote shares `probabilities[i * classes …]`. */
export type InferAnswer = {
  labels: ArrayLike<number>;
  probabilities: ArrayLike<number>;
  classes: number;
};

/** Rows that want to be predicted together. Exactly one of `succeed` and `fail` is called, once, and never during `submit`'s own turn. */
export interface InferJob {
  /** Row after row, `rows × features` numbers. */
  readonly features: ArrayLike<number>;
  readonly rows: number;
  /** The job's rows begin at `first` of the answer. */
  succeed(answer: InferAnswer, first: number): void;
  fail(error: InferError): void;
}
