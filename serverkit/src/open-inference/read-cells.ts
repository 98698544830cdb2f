import { isUtf8 } from 'node:buffer';
import { type Datatype, datatypeNames, isDatatype } from './datatype.ts';
import { InferRequestError } from './infer-request-error.ts';
import { binaryNumbers } from './read-binary-tensor.ts';
import { eachRow, narrow } from './read-json-tensor.ts';

/** What a tensor holds: a number (NaN is missing), a boolean of BOOL, a text of BYTES; null is missing. */
export type Cell = number | boolean | string | null;

/** One tensor of a request: its `tail` is its binary data, `data` its JSON. */
export type CellTensor = { datatype: string; data?: unknown; tail: Buffer | undefined };

/**
 * Reads a tensor of any datatype, `rows × width`, row-major. JSON may have null for a missing cell of every datatype. `at` is
 * the place that an error names, such as `inputs[0]`. Throws `InferRequestError` for a wrong size, and for cells that are
 * none of that datatype.
 */
export function readCells(tensor: CellTensor, rows: number, width: number, at: string): ArrayLike<Cell> {
  const { datatype, data, tail } = tensor;
  if (datatype === 'BYTES')
    return tail ? binaryTexts(tail, rows * width, at) : jsonCells(data, 'text', 'texts', rows, width, at);
  if (datatype === 'BOOL')
    return tail ? binaryBooleans(tail, rows * width, at) : jsonCells(data, 'boolean', 'booleans', rows, width, at);
  if (!isDatatype(datatype))
    throw bad(
      `${at}.datatype ${datatype.slice(0, 40)} is unknown: must be BYTES, BOOL or one of ${datatypeNames.join(', ')}`,
    );
  return tail ? binaryNumbers(tail, datatype, rows, width, at) : jsonNumbers(data, datatype, rows, width, at);
}

/** A text stands behind its length in bytes, a little-endian 32-bit integer. */
function binaryTexts(tail: Buffer, count: number, at: string): string[] {
  // each takes at least its length: no memory is taken for what cannot be there
  if (tail.length < 4 * count)
    throw bad(`${at} is ${tail.length} bytes long: ${count} texts take at least ${4 * count}`);
  const texts: string[] = new Array(count);
  let from = 0;
  for (let index = 0; index < count; index += 1) {
    const size = from + 4 <= tail.length ? tail.readUInt32LE(from) : Number.POSITIVE_INFINITY;
    const end = from + 4 + size;
    if (end > tail.length) throw bad(`${at}, text ${index}, ends beyond the end of its tensor`);
    const text = tail.toString('utf8', from + 4, end);
    if (text.includes('\ufffd') && !isUtf8(tail.subarray(from + 4, end)))
      throw bad(`${at}, text ${index}, is not UTF-8`);
    texts[index] = text;
    from = end;
  }
  if (from !== tail.length) throw bad(`${at} is ${tail.length} bytes long: its ${count} texts take ${from}`);
  return texts;
}

function binaryBooleans(tail: Buffer, count: number, at: string): boolean[] {
  if (tail.length !== count) throw bad(`${at} is ${tail.length} bytes long: ${count} values of BOOL take ${count}`);
  return Array.from(tail, (byte, index) => {
    if (byte > 1) throw bad(`${at}, boolean ${index}, is ${byte}: must be 0 or 1`);
    return byte === 1;
  });
}

function jsonCells(
  data: unknown,
  kind: 'text' | 'boolean',
  kinds: string,
  rows: number,
  width: number,
  at: string,
): Cell[] {
  const cells: Cell[] = new Array(rows * width);
  eachRow(data, kinds, rows, width, at, (row, start, where) => {
    for (let index = 0; index < row.length; index += 1) {
      const cell = row[index];
      const held = cell === null || (kind === 'text' ? typeof cell === 'string' : isBoolean(cell));
      if (!held) throw bad(`${where}[${index}] is not a ${kind}`);
      cells[start + index] = kind === 'boolean' && typeof cell === 'number' ? cell === 1 : (cell as Cell);
    }
  });
  return cells;
}

function jsonNumbers(data: unknown, datatype: Datatype, rows: number, width: number, at: string): Float64Array {
  const cells = new Float64Array(rows * width);
  eachRow(data, 'numbers', rows, width, at, (row, start, where) => {
    for (let index = 0; index < row.length; index += 1) {
      const cell = row[index];
      if (cell !== null && !Number.isFinite(cell)) throw bad(`${where}[${index}] is not a finite number`);
      cells[start + index] = (cell as number | null) ?? Number.NaN;
    }
  });
  if (datatype !== 'FP64') narrow(cells, datatype, at, true);
  return cells;
}

const isBoolean = (cell: unknown) => typeof cell === 'boolean' || cell === 0 || cell === 1;
const bad = (detail: string) => new InferRequestError(detail);
