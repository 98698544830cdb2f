import { isUtf8 } from 'node:buffer';
import { CsvError, parse } from 'csv-parse/sync';
import { DataError, quoted } from '../data-error.ts';
import type { Table } from '../table.ts';
import { type Header, parseHeader } from './parse-header.ts';
import { parseNumber } from './parse-number.ts';

const fewestRows = 10;

/**
 * Training data from the bytes of a CSV file (UTF-8, comma, header line, quotes as in RFC 4180); `file` is its name for
 * messages. Every column but the target must be numeric; the target's cells are kept as text, whatever they look like.
 * Throws `DataError` naming file, line and column.
 */
export function readCsv(bytes: Buffer, { file, target }: { file: string; target?: string | undefined }): Table {
  if (!isUtf8(bytes)) throw new DataError(`${file}, line ${firstBadLine(bytes)}: not UTF-8 text`);
  let header: Header | undefined;
  let width = 0;
  const values: number[] = [];
  const labels: string[] = [];
  const labelLines: number[] = [];

  const onRecord = (cells: string[], line: number) => {
    const at = `${file}, line ${line}`;
    if (!header) {
      header = parseHeader(cells, target, at);
      width = cells.length;
      return;
    }
    if (cells.length !== width)
      throw new DataError(
        `${at}, column ${Math.min(cells.length, width) + 1}: the row has ${cells.length} of ${width} cells`,
      );
    const { targetAt } = header;
    cells.forEach((cell, index) => {
      if (index === targetAt) return;
      const number = parseNumber(cell);
      if (typeof number === 'object')
        throw new DataError(
          `${at}, ${columnName(header, index)}: ${cell.trim() ? quoted(cell) : 'the cell'} ${number.problem}`,
        );
      values.push(number);
    });
    const label = (cells[targetAt] as string).trim();
    if (label === '') throw new DataError(`${at}, ${columnName(header, targetAt)}: the cell is empty`);
    labels.push(label);
    labelLines.push(line);
  };

  parseRecords(bytes, file, onRecord);
  if (!header) throw new DataError(`${file}, line 1: the file is empty`);
  return toTable(header, values, labels, labelLines, file);
}

/** The name of the target column, from the header line alone. Throws `DataError` as `readCsv` does. */
export function readTargetName(bytes: Buffer, { file, target }: { file: string; target?: string | undefined }): string {
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

/** Calls back with each record and the line it begins on; blank lines are no records. */
function parseRecords(
  bytes: Buffer,
  file: string,
  onRecord: (cells: string[], line: number) => void,
  extent: { to?: number } = {},
): void {
  let line = 1;
  try {
    parse(bytes, {
      ...extent,
      bom: true,
      relax_column_count: true,
      on_record: (cells: string[], { lines }) => {
        // `lines` is the line the record ends on, and a quoted cell may hold line breaks
        const blank = cells.length === 1 && cells[0] === '';
        if (!blank) onRecord(cells, lines - lineBreaks(cells));
        line = lines + 1;
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const problem =
      error.code === 'CSV_QUOTE_NOT_CLOSED'
        ? 'a quote is opened and never closed'
        : 'a quote inside a cell must be doubled';
    const column = typeof error.column === 'number' ? `, column ${error.column + 1}` : '';
    throw new DataError(`${file}, line ${line}${column}: ${problem}`, { cause: error });
  }
}

function toTable(header: Header, values: number[], labels: string[], labelLines: number[], file: string): Table {
  const end = `${file}, line ${labelLines.at(-1) ?? 1}`;
  const column = columnName(header, header.targetAt);
  if (labels.length < fewestRows)
    throw new DataError(
      `${end}, column 1: the file ends after ${labels.length} rows of data; at least ${fewestRows} are needed`,
    );
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const classes = sortClasses([...counts.keys()]);
  if (classes.length < 2)
    throw new DataError(
      `${end}, ${column}: every row has the class ${quoted(classes[0] as string)}; at least two classes are needed`,
    );
  const alone = labels.findIndex((label) => counts.get(label) === 1);
  if (alone >= 0)
    throw new DataError(
      `${file}, line ${labelLines[alone]}, ${column}: the class ${quoted(labels[alone] as string)} has only this row; at least two are needed, one to train and one to test`,
    );
  const indexOf = new Map(classes.map((name, index) => [name, index]));
  return {
    features: header.features,
    target: header.target.name,
    classes,
    values: shared(Float64Array, values),
    labels: shared(
      Int32Array,
      labels.map((label) => indexOf.get(label) as number),
    ),
  };
}

/** By value when all are numbers, otherwise by code point: never by the machine's language. */
function sortClasses(names: string[]): string[] {
  const numeric = names.every((name) => typeof parseNumber(name) === 'number');
  const byText = (a: string, b: string) => (a < b ? -1 : 1);
  return names.sort((a, b) => (numeric && Number(a) - Number(b)) || byText(a, b));
}

/** Shared memory, so that workers read the data without a copy each. */
function shared<A extends Float64Array | Int32Array>(
  Type: { new (buffer: SharedArrayBuffer): A; BYTES_PER_ELEMENT: number },
  numbers: number[],
): A {
  const array = new Type(new SharedArrayBuffer(numbers.length * Type.BYTES_PER_ELEMENT));
  array.set(numbers);
  return array;
}

function columnName(header: Header | undefined, index: number): string {
  if (!header) return `column ${index + 1}`;
  const { features, target, targetAt } = header;
  const column = index === targetAt ? target : features[index < targetAt ? index : index - 1];
  return `column ${index + 1} (${quoted(column?.name ?? '')})`;
}

const lineBreaks = (cells: string[]) =>
  cells.reduce((count, cell) => count + (cell.match(/\r\n|\r|\n/g)?.length ?? 0), 0);

function firstBadLine(bytes: Buffer): number {
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const end = bytes.indexOf(0x0a, start);
    if (end < 0 || !isUtf8(bytes.subarray(start, end))) break;
    start = end + 1;
  }
  return line;
}
