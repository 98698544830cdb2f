import { isUtf8 } from 'node:buffer';
import { DataError, quoted } from '../table/data-error.ts';
import type { TrainingSet as Table } from '../table/training-set.ts';
import { columnTitle, type Header, parseHeader } from './parse-header.ts';
import { parseNumber } from './parse-number.ts';
import { parseRecords } from './parse-records.ts';

type Source = { file: string; target?: string | undefined };
type Label = { text: string; line: number };

const fewestRows = 10;

/**
 * Training data from the bytes of a CSV file (UTF-8, comma, header line, quotes as in RFC 4180); `file` is its name for
 * messages. Every column but the target must be numeric; the target's cells stay text, even if they look like numbers.
 * Throws `DataError` naming file, line and column.
 */
export function readCsv(bytes: Buffer, { file, target }: Source): Table {
  if (!isUtf8(bytes)) throw new DataError(`${file}, line ${firstBadLine(bytes)}: not UTF-8 text`);
  let header: Header | undefined;
  const values: number[] = [];
  const labels: Label[] = [];
  parseRecords(bytes, file, (cells, line) => {
    if (!header) header = parseHeader(cells, target, `${file}, line ${line}`);
    else labels.push({ text: readRow(cells, header, values, `${file}, line ${line}`), line });
  });
  if (!header) throw new DataError(`${file}, line 1: the file is empty`);
  const classes = classesOf(labels, header, file);
  const indexOf = new Map(classes.map((name, index) => [name, index]));
  const table: Table = {
    features: header.features,
    target: header.target.name,
    classes,
    values: new Float64Array(new SharedArrayBuffer(values.length * 8)),
    labels: new Int32Array(new SharedArrayBuffer(labels.length * 4)),
  };
  table.values.set(values);
  table.labels.set(labels.map(({ text }) => indexOf.get(text) as number));
  return table;
}

/** The name of the target column, from the header line alone. Throws `DataError` as `readCsv` does. */
export function readTargetName(bytes: Buffer, { file, target }: Source): string {
  let name = '';
  parseRecords(
    bytes,
    file,
    (cells, line) => {
      name = parseHeader(cells, target, `${file}, line ${line}`).target.name;
    },
    { to: 1 },
  );
  return name;
}

/** Adds a row's features to `values` and returns its label. */
function readRow(cells: string[], header: Header, values: number[], at: string): string {
  const width = header.features.length + 1;
  if (cells.length !== width)
    throw new DataError(
      `${at}, column ${Math.min(cells.length, width) + 1}: the row has ${cells.length} of ${width} cells`,
    );
  cells.forEach((cell, index) => {
    if (index === header.targetAt) return;
    const number = parseNumber(cell);
    if (typeof number === 'object')
      throw new DataError(
        `${at}, ${columnTitle(header, index)}: ${cell.trim() ? quoted(cell) : 'the cell'} ${number.problem}`,
      );
    values.push(number);
  });
  const label = (cells[header.targetAt] as string).trim();
  if (label === '') throw new DataError(`${at}, ${columnTitle(header, header.targetAt)}: the cell is empty`);
  return label;
}

/** The classes in order. Throws unless there are enough rows of each to train and to test. */
function classesOf(labels: readonly Label[], header: Header, file: string): string[] {
  const end = `${file}, line ${labels.at(-1)?.line ?? 1}`;
  const column = columnTitle(header, header.targetAt);
  if (labels.length < fewestRows)
    throw new DataError(
      `${end}, column 1: the file has ${labels.length} rows of data; at least ${fewestRows} are needed`,
    );
  const counts = new Map<string, number>();
  for (const { text } of labels) counts.set(text, (counts.get(text) ?? 0) + 1);
  const classes = sortClasses([...counts.keys()]);
  if (classes.length < 2)
    throw new DataError(
      `${end}, ${column}: every row has the class ${quoted(classes[0] as string)}; at least two classes are needed`,
    );
  const alone = labels.find(({ text }) => counts.get(text) === 1);
  if (alone)
    throw new DataError(
      `${file}, line ${alone.line}, ${column}: the class ${quoted(alone.text)} has this row only; two are needed, one to train and one to test`,
    );
  return classes;
}

/** By value if all are numbers, otherwise by code unit: never by the machine's locale. */
function sortClasses(names: string[]): string[] {
  const numeric = names.every((name) => typeof parseNumber(name) === 'number');
  return names.sort((a, b) => (numeric && Number(a) - Number(b)) || (a < b ? -1 : 1));
}

function firstBadLine(bytes: Buffer): number {
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const end = bytes.indexOf(0x0a, start);
    if (end < 0 || !isUtf8(bytes.subarray(start, end))) break;
    start = end + 1;
  }
  return line;
}
