import { DataError, quoted } from '../table/data-error.ts';
import { flag } from '../table/flag.ts';
import type { Column, Heading, Kind } from '../table/table.ts';
import type { CellColumn } from './cell-column.ts';
import { isMissingText } from './missing-values.ts';
import { dateOrder, parseDate } from './parse-date.ts';

const longestCategory = 40;
const fewestIds = 10;
/** Where so many cells are numbers, the others are mistakes and no words. */
const mostlyNumbers = 0.9;

const truths = [
  ['no', 'yes'],
  ['false', 'true'],
  ['n', 'y'],
  ['f', 't'],
] as const;

export type Read = { column: Column; notice?: string };
/** How an error names a cell: by its row and the heading of its column. */
export type Place = (row: number, heading: Heading) => string;

/** A column with the kind that its cells show, or with the given one. Throws `DataError` for the first cell that is not of it. */
export function readColumn(heading: Heading, cells: CellColumn, place: Place, given?: Kind): Read {
  const facts = factsOf(cells);
  const kind = given ?? findKind(heading, cells, facts);
  switch (kind) {
    case 'number':
      return { column: { ...heading, kind, values: numbersOf(heading, cells, facts, place) } };
    case 'boolean':
      return { column: { ...heading, kind, values: booleansOf(heading, cells, facts, place) } };
    case 'date':
      return datesOf(heading, cells, facts, place);
    default:
      return { column: { ...heading, kind, ...wordsOf(cells, facts) } };
  }
}

type Facts = {
  isMissing: boolean[];
  /** Each word as a number, or why it is none. */
  asNumber: (number | { problem: string })[];
  /** Cells that have a value, and those of them that are numbers. */
  present: number;
  numeric: number;
};

function factsOf(cells: CellColumn): Facts {
  const isMissing = cells.words.map(isMissingText);
  const asNumber = cells.wordNumbers();
  let [present, numeric] = [0, 0];
  for (let row = 0; row < cells.length; row++) {
    const code = cells.codes?.[row] ?? -1;
    if (code >= 0 && isMissing[code]) continue;
    present++;
    const number = code < 0 ? 0 : asNumber[code];
    if (typeof number === 'number' || /point|beyond/.test(number?.problem ?? '')) numeric++;
  }
  return { isMissing, asNumber, present, numeric };
}

function findKind(heading: Heading, cells: CellColumn, facts: Facts): Kind {
  const { present, numeric } = facts;
  if (present === 0 || numeric === present) return isNumberedId(heading, cells, facts) ? 'id' : 'number';
  const distinct = countDistinct(cells, facts);
  const words = cells.words.filter((_, code) => !facts.isMissing[code]);
  const strays = facts.asNumber.filter((number, code) => typeof number !== 'number' && !facts.isMissing[code]).length;
  // few values, and words that come up again (0, 1, 2, 3+), are categories; a word on its own is a mistake
  const isCoded = distinct <= 20 && distinct <= present / 5 && present - numeric >= 2 * strays;
  if (numeric >= mostlyNumbers * present && !isCoded) return 'number';
  if (numeric === 0) {
    if (truthOf(words)) return 'boolean';
    if (dateOrder(words)) return 'date';
    const isWhole = present === cells.length && distinct === present && present >= fewestIds;
    if (isWhole && words.every((word) => !/\s/.test(word) && word.length <= longestCategory)) return 'id';
  }
  const length = words.reduce((sum, word) => sum + word.length, 0) / words.length;
  return distinct <= Math.max(10, present / 2) && length <= longestCategory ? 'category' : 'text';
}

/** A whole number of its own in each row, under a name such as `id`, `PassengerId` or `user_id`. */
function isNumberedId({ name }: Heading, cells: CellColumn, facts: Facts): boolean {
  if (
    !/^(id|uuid|guid|index|row ?_?(id|number|num|no))$|[ _.-](id|uuid|guid)$/i.test(name) &&
    !/[a-z]I[dD]$/.test(name)
  )
    return false;
  return (
    facts.present === cells.length &&
    cells.length >= fewestIds &&
    cells.numbers.every((number) => Number.isInteger(number)) &&
    countDistinct(cells, facts) === cells.length
  );
}

function countDistinct(cells: CellColumn, { isMissing }: Facts): number {
  const sorted = cells.numbers.toSorted();
  let distinct = isMissing.filter((missing) => !missing).length;
  // NaN, which stands for words, is sorted to the end
  for (let i = 0; i < sorted.length && !Number.isNaN(sorted[i]); i++)
    if (i === 0 || sorted[i] !== sorted[i - 1]) distinct++;
  return distinct;
}

function numbersOf(heading: Heading, cells: CellColumn, facts: Facts, place: Place): Float64Array {
  const { codes } = cells;
  if (!codes) return cells.numbers;
  return cells.numbers.map((number, row) => {
    const code = codes[row] as number;
    if (code < 0) return number;
    if (facts.isMissing[code]) return Number.NaN;
    const value = facts.asNumber[code] as number | { problem: string };
    if (typeof value === 'number') return value;
    throw new DataError(
      `${place(row, heading)}: ${quoted(cells.words[code] as string)} ${value.problem}; correct it, or ${remedy(heading)}`,
    );
  });
}

function booleansOf(heading: Heading, cells: CellColumn, { isMissing }: Facts, place: Place): Float64Array {
  const words = cells.words.filter((_, code) => !isMissing[code]);
  const truth = truthOf(words) ?? ['0', '1'];
  return Float64Array.from(cells.numbers, (number, row) => {
    const code = cells.codes?.[row] ?? -1;
    if (code >= 0 && isMissing[code]) return Number.NaN;
    const value = code < 0 ? number : truth.indexOf((cells.words[code] as string).toLowerCase());
    if (value === 0 || value === 1) return value;
    throw new DataError(
      `${place(row, heading)}: ${quoted(cells.text(row))} is not a boolean (yes/no, true/false, 1/0); ${remedy(heading)}`,
    );
  });
}

function datesOf(heading: Heading, cells: CellColumn, { isMissing }: Facts, place: Place): Read {
  const words = cells.words.filter((_, code) => !isMissing[code]);
  const { order, isSure } = dateOrder(words) ?? { order: 'month first', isSure: true };
  const days = cells.words.map((word, code) => (isMissing[code] ? Number.NaN : parseDate(word, order)));
  const values = Float64Array.from(cells.numbers, (_, row) => {
    const code = cells.codes?.[row] ?? -1;
    const value = days[code];
    if (value !== undefined) return value;
    throw new DataError(
      `${place(row, heading)}: ${quoted(cells.text(row))} is not a date such as 2024-03-31; ${remedy(heading)}`,
    );
  });
  const column: Column = { ...heading, kind: 'date', values };
  return isSure ? { column } : { column, notice: `${quoted(heading.title)}: dates are read ${order}` };
}

function wordsOf(cells: CellColumn, { isMissing }: Facts): { codes: Int32Array; words: string[] } {
  const words = cells.words.filter((_, code) => !isMissing[code]);
  const indexOf = new Map(words.map((word, index) => [word, index]));
  const codes = new Int32Array(cells.length);
  for (let row = 0; row < cells.length; row++) {
    const code = cells.codes?.[row] ?? -1;
    const text = cells.text(row);
    codes[row] = code >= 0 && isMissing[code] ? -1 : indexOf.getOrInsertComputed(text, () => words.push(text) - 1);
  }
  return { codes, words };
}

/** The pair of words, in lower case, of which all of these are one. */
function truthOf(words: readonly string[]): readonly string[] | undefined {
  const lower = words.map((word) => word.toLowerCase());
  return lower.length === 0 ? undefined : truths.find((pair) => lower.every((word) => pair.includes(word as never)));
}

function remedy({ name }: Heading): string {
  return `${flag('--type', `${name}=category`)} takes the column as words, ${flag('--drop', name)} leaves it out`;
}
