import type { Datatype } from './datatype.ts';
import { InferRequestError } from './infer-request-error.ts';

/**
 * Reads a tensor's `data`, `rows × width` numbers, flat or nested by shape, into FP64. A number takes the value that it
 * has in its datatype, as if it had come in binary form: 5.1 as FP32 is 5.099999904632568. `at` is the place that an error
 * names, such as `inputs[0]`. Throws `InferRequestError` for a wrong count, and for values that are not finite numbers of that
 * datatype.
 */
export function readJsonTensor(
  data: unknown,
  datatype: Datatype,
  rows: number,
  width: number,
  at: string,
): Float64Array {
  const values = new Float64Array(rows * width);
  eachRow(data, 'numbers', rows, width, at, (row, start, where) => copy(row, values, start, where));
  if (datatype !== 'FP64') narrow(values, datatype, at);
  return values;
}

/**
 * Goes through `data`, `rows × width` cells, flat (then it is one row) or nested by shape: the cells of a row, the place of
 * the first one in the tensor, and what an error calls the row. `cells` is the word for them.
 */
export function eachRow(
  data: unknown,
  cells: string,
  rows: number,
  width: number,
  at: string,
  take: (row: readonly unknown[], start: number, where: string) => void,
): void {
  if (!Array.isArray(data)) throw bad(`${at}.data is missing: must be an array of ${cells}`);
  if (!Array.isArray(data[0])) {
    if (data.length !== rows * width)
      throw bad(`${at}.data has ${data.length} ${cells}: must have ${rows} × ${width} = ${rows * width}`);
    take(data, 0, `${at}.data`);
  } else {
    if (data.length !== rows) throw bad(`${at}.data has ${data.length} rows: must have ${rows} by its shape`);
    for (const [index, row] of data.entries()) {
      if (!Array.isArray(row) || row.length !== width)
        throw bad(`${at}.data[${index}] is not a row of ${width} ${cells}`);
      take(row, index * width, `${at}.data[${index}]`);
    }
  }
}

/** Copies numbers to `values` from `start` on; `where` is the place that an error names. */
function copy(from: readonly unknown[], values: Float64Array, start: number, where: string): void {
  for (let index = 0; index < from.length; index += 1) {
    const value = from[index];
    // not only typeof: JSON.parse reads 1e999 as Infinity
    if (!Number.isFinite(value)) throw bad(`${where}[${index}] is not a finite number`);
    values[start + index] = value as number;
  }
}

/** Rounds floats to their datatype; refuses values that the datatype cannot hold. NaN stays where it is allowed. */
export function narrow(values: Float64Array, datatype: Exclude<Datatype, 'FP64'>, at: string, nan = false): void {
  const round = datatype === 'FP32' ? Math.fround : datatype === 'FP16' ? Math.f16round : undefined;
  const bits = Number(datatype.replace(/\D+/, ''));
  const [least, beyond] = datatype.startsWith('U') ? [0, 2 ** bits] : [-(2 ** (bits - 1)), 2 ** (bits - 1)];
  values.forEach((value, index) => {
    if (nan && Number.isNaN(value)) return;
    const held = round ? round(value) : value;
    if (round ? !Number.isFinite(held) : !Number.isInteger(held) || held < least || held >= beyond)
      throw bad(`${at}.data: ${value} (number ${index}) is not a value of ${datatype}`);
    values[index] = held;
  });
}

const bad = (detail: string) => new InferRequestError(detail);
