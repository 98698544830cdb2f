import { HttpError } from '@coppice/serverkit';
import type { Datatype } from '../model/datatype.ts';

/**
 * Reads `inputs[0].data`, `rows × width` numbers flat or nested as the shape is, into FP64. A number takes the value
 * that it has in its datatype, as if it had come in binary form: 5.1 as FP32 is 5.099999904632568.
 * Throws `HttpError` 400 for a wrong count and for what is not a finite number of that datatype.
 */
export function readJsonTensor(data: unknown, datatype: Datatype, rows: number, width: number): Float64Array {
  if (!Array.isArray(data)) throw bad('inputs[0].data is missing: an array of numbers is expected');
  const values = new Float64Array(rows * width);
  if (!Array.isArray(data[0])) {
    if (data.length !== values.length)
      throw bad(`inputs[0].data has ${data.length} numbers: ${rows} × ${width} = ${values.length} are expected`);
    copy(data, values, 0, '');
  } else {
    if (data.length !== rows) throw bad(`inputs[0].data has ${data.length} rows: shape says ${rows}`);
    for (const [index, row] of data.entries()) {
      if (!Array.isArray(row) || row.length !== width)
        throw bad(`inputs[0].data[${index}] is not a row of ${width} numbers`);
      copy(row, values, index * width, `[${index}]`);
    }
  }
  if (datatype !== 'FP64') narrow(values, datatype);
  return values;
}

/** Copies numbers to `values` from `start` on; `where` tells the place in an error. */
function copy(from: unknown[], values: Float64Array, start: number, where: string): void {
  for (let index = 0; index < from.length; index += 1) {
    const value = from[index];
    // not only typeof: JSON.parse reads 1e999 as Infinity
    if (!Number.isFinite(value)) throw bad(`inputs[0].data${where}[${index}] is not a finite number`);
    values[start + index] = value as number;
  }
}

/** Rounds floats to their datatype; refuses what its datatype cannot hold. */
function narrow(values: Float64Array, datatype: Exclude<Datatype, 'FP64'>): void {
  const round = datatype === 'FP32' ? Math.fround : datatype === 'FP16' ? Math.f16round : undefined;
  const bits = Number(datatype.replace(/\D+/, ''));
  const [least, beyond] = datatype.startsWith('U') ? [0, 2 ** bits] : [-(2 ** (bits - 1)), 2 ** (bits - 1)];
  values.forEach((value, index) => {
    const held = round ? round(value) : value;
    if (round ? !Number.isFinite(held) : !Number.isInteger(held) || held < least || held >= beyond)
      throw bad(`inputs[0].data: ${value} (number ${index}) is not a value of ${datatype}`);
    values[index] = held;
  });
}

const bad = (detail: string) => new HttpError(400, detail);
