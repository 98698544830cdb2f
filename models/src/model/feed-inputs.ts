import type { FeatureValue } from '@coppice/contract';
import { daysOfDate, type FeatureSpec } from '@coppice/serverkit';
import { InferRequestError } from '@coppice/serverkit/open-inference';
import { Tensor } from 'onnxruntime-node';

/** Where the values of an input come from, and what it is in the ONNX file. */
export type InputBinding = {
  name: string;
  type: 'float64' | 'float32' | 'int64' | 'bool' | 'string';
  /** The one feature that it takes; null: it takes all, `[-1, F]`. */
  column: number | null;
  /** 1 for `[-1]`, 2 for `[-1, F]`. */
  rank: number;
};

/**
 * The tensors that an ONNX file takes for `rows × F` values, row-major: missing is NaN or the empty text, a boolean 1 or 0, a
 * date its days since 1970. Throws `InferRequestError` for what an INT64 or BOOL input has no form for.
 */
export function feedInputs(
  bindings: readonly InputBinding[],
  specs: readonly FeatureSpec[],
  features: Float64Array | readonly FeatureValue[],
  rows: number,
): Record<string, Tensor> {
  const width = specs.length;
  // without a prototype: a column may be called __proto__
  const feeds: Record<string, Tensor> = Object.create(null);
  for (const { name, type, column, rank } of bindings) {
    if (column === null) {
      const numbers = features instanceof Float64Array ? features : Float64Array.from(features, toNumber);
      feeds[name] = new Tensor(type as 'float32', cells(type, numbers), [rows, width]);
      continue;
    }
    const values: FeatureValue[] = new Array(rows);
    for (let row = 0; row < rows; row += 1) values[row] = features[row * width + column] as FeatureValue;
    const dims = rank === 1 ? [rows] : [rows, 1];
    feeds[name] =
      type === 'string'
        ? new Tensor('string', values.map(toText), dims)
        : new Tensor(type as 'float32', cells(type, Float64Array.from(values, toNumber), specs[column]?.name), dims);
  }
  return feeds;
}

/** ONNX Runtime reads a text up to its first NUL: what begins as a known word would be that word, or missing. */
const toText = (value: FeatureValue) => (value === null ? '' : String(value).replaceAll('\0', '\ufffd'));

function toNumber(value: FeatureValue): number {
  if (typeof value === 'number') return value;
  if (value === null) return Number.NaN;
  return typeof value === 'boolean' ? Number(value) : (daysOfDate(value) ?? Number.NaN);
}

/** Numbers in the form of the input; the cast of its caller is for what TypeScript cannot pair. */
function cells(type: InputBinding['type'], numbers: Float64Array, feature = ''): Float32Array {
  if (type === 'float64') return numbers as unknown as Float32Array;
  if (type === 'float32') return new Float32Array(numbers);
  for (const [row, number] of numbers.entries()) mustBeWhole(number, row, feature);
  return (type === 'int64' ? BigInt64Array.from(numbers, BigInt) : Uint8Array.from(numbers)) as unknown as Float32Array;
}

/** An INT64 or BOOL input has no form for a gap, nor for a fraction. */
function mustBeWhole(number: number, row: number, feature: string): void {
  if (Number.isSafeInteger(number)) return;
  throw new InferRequestError(
    Number.isNaN(number)
      ? `${feature} is missing in row ${row}: this model takes no gap there`
      : `${feature} is ${number} in row ${row}: this model takes only integers there`,
  );
}
