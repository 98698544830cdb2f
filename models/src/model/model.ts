import type { ModelCard } from '@coppice/contract';
import type { Datatype } from './datatype.ts';

export type TensorSpec = {
  name: string;
  datatype: Datatype;
  /** -1 where any size is allowed. */
  shape: number[];
};

export type OutputTensor = {
  name: string;
  datatype: Datatype;
  shape: readonly number[];
  data: Float64Array | Float32Array | BigInt64Array;
};

/** A loaded version. */
export type Model = {
  card: ModelCard;
  /** `[-1, F]`. */
  input: TensorSpec;
  outputs: TensorSpec[];
  /** Which outputs hold the class index `[-1]` and the vote share of each class `[-1, C]`. */
  labelName: string;
  probabilityName: string;
  /** Runs `rows × F` finite values, row-major, and gives the outputs named, in that order. */
  infer(features: Float64Array, rows: number, outputs: readonly string[]): Promise<OutputTensor[]>;
};
