import { HttpError } from '@coppice/serverkit';
import { type Datatype, numericArrays } from '../model/datatype.ts';

/**
 * Reads the raw bytes of a `rows × width` tensor (little-endian, row-major, no padding) into FP64. 64-bit integers
 * beyond 2^53 are rounded. An aligned FP64 tensor is a view of the bytes, not a copy.
 * Throws `HttpError` 400 for a wrong size and for NaN or infinity.
 */
export function readBinaryTensor(bytes: Uint8Array, datatype: Datatype, rows: number, width: number): Float64Array {
  const Cells = numericArrays[datatype];
  const expected = rows * width * Cells.BYTES_PER_ELEMENT;
  if (bytes.length !== expected)
    throw bad(`inputs[0] is ${bytes.length} bytes long: ${rows} × ${width} values of ${datatype} are ${expected}`);
  // a typed array must start at a multiple of its element's size; a tail that does not is copied
  const aligned = bytes.byteOffset % Cells.BYTES_PER_ELEMENT === 0 ? bytes : Uint8Array.from(bytes);
  const cells = new Cells(aligned.buffer as ArrayBuffer, aligned.byteOffset, rows * width);
  const values = toDoubles(cells);
  for (let index = 0; index < values.length; index += 1) {
    if (!Number.isFinite(values[index])) throw bad(`inputs[0], number ${index}, is not finite`);
  }
  return values;
}

function toDoubles(cells: InstanceType<(typeof numericArrays)[Datatype]>): Float64Array {
  if (cells instanceof Float64Array) return cells;
  if (cells instanceof BigInt64Array || cells instanceof BigUint64Array) return Float64Array.from(cells, Number);
  return Float64Array.from(cells);
}

const bad = (detail: string) => new HttpError(400, detail);
