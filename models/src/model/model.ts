import type { ModelCard } from '@coppice/contract';
import type { RowSchema } from '@coppice/serverkit';
import type { OutputTensor, TensorSpec } from '@coppice/serverkit/open-inference';

export type { OutputTensor, TensorSpec };

/** A loaded version. */
export type Model = {
  card: ModelCard;
  /** What a row is, by its card. */
  schema: RowSchema;
  /** `[-1, F]`. */
  input: TensorSpec;
  outputs: TensorSpec[];
  /** Which outputs hold the class index `[-1]` and the vote share of each class `[-1, C]`. */
  labelName: string;
  probabilityName: string;
  /** Runs `rows × F` finite values, row-major, and returns the named outputs, in that order. */
  infer(features: Float64Array, rows: number, outputs: readonly string[]): Promise<OutputTensor[]>;
  /** Frees it, once what it infers now is answered. It infers no more. */
  close(): Promise<void>;
};
