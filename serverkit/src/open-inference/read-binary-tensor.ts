import { type Datatype, numericArrays } from './datatype.ts';
import { InferRequestError } from './infer-request-error.ts';

/**
 * Reads the raw bytes of a `rows × width` tensor (little-endian, row-major, no padding) into FP64. 64-bit integers
 * beyond 2^53 are rounded. An aligned FP64 tensor is a view of the bytes, not a copy. `at` is the place that an error
 * names, such as `inputs[0]`. Throws `InferRequestError` for a wrong size and for NaN or infinity.
 */
export function readBinaryTensor(
  bytes: Uint8Array,
  datatype: Datatype,
  rows: number,
  width: number,
  at: string,
): Float64Array {
  const values = binaryNumbers(bytes, datatype, rows, width, at);
  for (let index = 0; index < values.length; index += 1) {
    if (!Number.isFinite(values[index])) throw bad(`${at}, number ${index}, is not finite`);
  }
  return values;
}

/** The same, and NaN and infinity as they come. */
export function binaryNumbers(
  bytes: Uint8Array,
  datatype: Datatype,
  rows: number,
  width: number,
  at: string,
): Float64Array {
  const Cells = numericArrays[datatype];
  const expected = rows * width * Cells.BYTES_PER_ELEMENT;
  if (bytes.length !== expected)
    throw bad(`${at} is ${bytes.length} bytes long: ${rows} × ${width} values of ${datatype} take ${expected}`);
  // a typed array must start at a multiple of its element's size; a tail that does not is copied
  const aligned = bytes.byteOffset % Cells.BYTES_PER_ELEMENT === 0 ? bytes : new Uint8Array(bytes);
  const cells = new Cells(aligned.buffer as ArrayBuffer, aligned.byteOffset, rows * width);
  return toDoubles(cells);
}

function toDoubles(cells: InstanceType<(typeof numericArrays)[Datatype]>): Float64Array {
  if (cells instanceof Float64Array) return cells;
  if (cells instanceof BigInt64Array || cells instanceof BigUint64Array) return Float64Array.from(cells, Number);
  return Float64Array.from(cells);
}

const bad = (detail: string) => new InferRequestError(detail);
