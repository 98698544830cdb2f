import type { FeatureValue } from '@coppice/contract';
import { dateOfDays, isDay } from '../rows/iso-date.ts';
import type { FeatureSpec, RowSchema } from '../rows/row-schema.ts';
import { allowedValues, typedValue } from '../rows/typed-value.ts';
import { InferRequestError } from './infer-request-error.ts';
import { type Cell, type CellTensor, readCells } from './read-cells.ts';

type Input = CellTensor & { name: string; shape: number[] };
type Options = {
  schema: RowSchema;
  /** Name of the tensor that may hold all columns; null: any name that is no feature's will do. */
  whole: string | null;
  maxRows: number;
};
export type TypedRows = {
  rows: number;
  /** rows × F, row-major, in the schema's order. */
  features: FeatureValue[];
  /** Names of the features that are missing in any row, in the schema's order. */
  missing: string[];
};

/**
 * Rows of any kinds of values, from one tensor for each column (`[n,1]` or `[n]`, in any order, named as the feature, its
 * header, or `<name> (feature)`) or from one tensor `[n,F]`. What has no tensor is missing. Throws `InferRequestError`.
 */
export function readRows(inputs: readonly Input[], { schema, whole, maxRows }: Options): TypedRows {
  const { specs, names } = schema;
  const width = specs.length;
  const columns = columnsByKey(specs);
  const [first] = inputs;
  if (inputs.length === 1 && first && !columns.has(first.name) && (whole === null || first.name === whole))
    return readWhole(first, schema, maxRows);

  const sent = new Map<number, { input: Input; at: string }>();
  for (const [index, input] of inputs.entries()) {
    const at = `inputs[${index}]`;
    const column = columns.get(input.name);
    if (column === undefined)
      throw bad(`${at} ${input.name.slice(0, 100)} is no feature; the features are ${list(names)}`);
    if (sent.has(column)) throw bad(`${at} ${input.name}: ${names[column]} is sent twice`);
    sent.set(column, { input, at });
  }
  const left = specs.findIndex(({ nullable }, column) => !nullable && !sent.has(column));
  if (left !== -1 || !first)
    throw bad(
      `inputs hold no ${names[Math.max(left, 0)]}${left === -1 ? '' : ', which must not be missing'}; the features are ${list(names)}`,
    );
  const rows = rowsOf(first.shape, [1], maxRows, 'inputs[0]');
  // all tensors before the rows, so that no memory is taken for rows that are not there
  const read = Array.from(sent, ([column, { input, at }]) => {
    const count = rowsOf(input.shape, [1], maxRows, at);
    if (count !== rows) throw bad(`${at}.shape has ${count} rows: must have ${rows} as inputs[0]`);
    return { column, at, cells: readCells(input, rows, 1, at) };
  });
  const features: FeatureValue[] = new Array(rows * width).fill(null);
  const missing = new Set(specs.flatMap((_, column) => (sent.has(column) ? [] : [column])));
  for (const { column, at, cells } of read) {
    const spec = specs[column] as FeatureSpec;
    for (let row = 0; row < rows; row += 1) {
      const value = typedCell(spec, cells[row] as Cell, at, row);
      if (value === null) missing.add(column);
      features[row * width + column] = value;
    }
  }
  return { rows, features, missing: namesOf(missing, names) };
}

function readWhole(input: Input, { specs, names, arrayLengths }: RowSchema, maxRows: number): TypedRows {
  const at = 'inputs[0]';
  const rows = rowsOf(input.shape, arrayLengths, maxRows, at);
  const width = specs.length;
  // [n] is a column, as `rowsOf` reads it, wherever a row may have one value
  const held = input.shape.length === 1 && arrayLengths.includes(1) ? 1 : (input.shape.at(-1) as number);
  const cells = readCells(input, rows, held, at);
  const features: FeatureValue[] = new Array(rows * width);
  const missing = new Set<number>();
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < width; column += 1) {
      const cell = column < held ? (cells[row * held + column] as Cell) : null;
      const value = typedCell(specs[column] as FeatureSpec, cell, at, row);
      if (value === null) missing.add(column);
      features[row * width + column] = value;
    }
  return { rows, features, missing: namesOf(missing, names) };
}

/** `[n, width]`; `[width]` for one row; `[n]` for a single column. Several widths may be allowed. */
export function rowsOf(shape: number[], widths: readonly number[], maxRows: number, at: string): number {
  const column = shape.length === 1 && widths.includes(1);
  const [rows = 1] = column ? shape : shape.slice(0, -1);
  if (!column && (shape.length > 2 || !widths.includes(shape.at(-1) as number)))
    throw bad(
      `${at}.shape is ${JSON.stringify(shape).slice(0, 100)}: must be ${widths.map((width) => `[n,${width}]`).join(' or ')}${widths.includes(1) ? ' or [n]' : ''}`,
    );
  if (rows < 1 || rows > maxRows) throw bad(`${at}.shape has ${rows} rows: must have 1 to ${maxRows}`);
  return rows;
}

/** Of a message: a category's values may be long. */
const MOST_CHARACTERS = 900;

function typedCell(spec: FeatureSpec, cell: Cell, at: string, row: number): FeatureValue {
  const gap = cell === null || cell === '' || Number.isNaN(cell);
  const value = typedValue(spec, gap ? null : spec.kind === 'date' ? dateOf(cell) : cell);
  if (value !== undefined) return value;
  const found = gap ? 'is missing' : `is ${short(cell)}`;
  const message = `${at}, row ${row}, ${found}: must be ${allowedCells(spec)} (${spec.name})`;
  throw bad(message.slice(0, MOST_CHARACTERS));
}

/** Days as a date; what is none stays as it is, and no date. */
const dateOf = (cell: Cell) => (typeof cell === 'number' && isDay(cell) ? dateOfDays(cell) : cell);

function allowedCells(spec: FeatureSpec): string {
  const numbers = { boolean: ', or 1 or 0', date: ', or its days since 1970-01-01', number: '', category: '' };
  const otherwise = spec.nullable ? ', or NaN, null or the empty text where it is missing' : '';
  return `${allowedValues({ ...spec, nullable: false })}${numbers[spec.kind]}${otherwise}`;
}

const knownColumns = new WeakMap<readonly FeatureSpec[], Map<string, number>>();

/** The place of each feature by every name that a tensor may have for it: a feature's own name before all others. */
function columnsByKey(specs: readonly FeatureSpec[]): Map<string, number> {
  return knownColumns.getOrInsertComputed(specs, () => {
    const columns = new Map<string, number>();
    for (const [column, { name }] of specs.entries()) columns.set(`${name} (feature)`, column);
    for (const [column, { header }] of specs.entries()) if (header !== undefined) columns.set(header, column);
    for (const [column, { name }] of specs.entries()) columns.set(name, column);
    return columns;
  });
}

const namesOf = (columns: ReadonlySet<number>, names: readonly string[]) =>
  names.filter((_, column) => columns.has(column));
const short = (cell: Cell) => JSON.stringify(typeof cell === 'number' ? String(cell) : cell).slice(0, 60);
const list = (names: readonly string[]) => names.join(', ').slice(0, 200);
const bad = (detail: string) => new InferRequestError(detail);
