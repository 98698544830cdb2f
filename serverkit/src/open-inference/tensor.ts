import type { Datatype } from './datatype.ts';

export type TensorSpec<D extends string = Datatype> = {
  name: string;
  datatype: D;
  /** -1 where any size is allowed. */
  shape: number[];
};

export type OutputTensor = {
  name: string;
  datatype: Datatype;
  shape: readonly number[];
  data: Float64Array | Float32Array | BigInt64Array;
};
