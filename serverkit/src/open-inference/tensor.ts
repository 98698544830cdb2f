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
