/**
 * The numeric datatypes of the Open Inference Protocol, with the typed array that holds each one's binary form
 * (little-endian, like every platform that onnxruntime-node is built for).
 */
export const numericArrays = {
  FP64: Float64Array,
  FP32: Float32Array,
  FP16: Float16Array,
  INT8: Int8Array,
  INT16: Int16Array,
  INT32: Int32Array,
  INT64: BigInt64Array,
  UINT8: Uint8Array,
  UINT16: Uint16Array,
  UINT32: Uint32Array,
  UINT64: BigUint64Array,
} as const;

export type Datatype = keyof typeof numericArrays;

export const datatypeNames = Object.keys(numericArrays) as Datatype[];

export const isDatatype = (name: string): name is Datatype => Object.hasOwn(numericArrays, name);
