import { DataError, quoted } from '../table/data-error.ts';
import { flag } from '../table/flag.ts';
import { columnTitle, type Heading, type Target } from '../table/table.ts';
import type { CellColumn } from './cell-column.ts';
import { isMissingClass } from './missing-values.ts';
import { parseNumber } from './parse-number.ts';

/** More different numbers than this, or so few rows of each, are amounts and no classes. */
const mostNumberClasses = 200;
const fewNumberClasses = 10;
const rowsPerNumber = 5;

/**
 * The classes of the target column, as written, in order. Those that are equal as numbers are one (`0`, `0.0`), under the
 * spelling with most rows. Throws `DataError` for a target of amounts, unless it `isGiven` as a category.
 */
export function readTarget(
  heading: Heading,
  cells: CellColumn,
  at: string,
  isGiven: boolean,
): { target: Target; notices: string[] } {
  const rowsOf = new Map<string, number>();
  for (let row = 0; row < cells.length; row++) {
    const text = cells.text(row);
    if (!isMissingClass(text)) rowsOf.set(text, (rowsOf.get(text) ?? 0) + 1);
  }
  const numbers = numbersOf(rowsOf.keys(), cells.mark);
  const same = numbers ? equalAsNumbers(rowsOf, numbers) : new Map<string, string>();
  const classes = sortClasses(
    [...rowsOf.keys()].filter((text) => !same.has(text)),
    numbers,
  );
  if (numbers && !isGiven)
    refuseAmounts(
      heading,
      classes.map((text) => numbers.get(text) as number),
      cells.length,
      at,
    );
  const indexOf = new Map(classes.map((name, index) => [name, index]));
  const labels = new Int32Array(cells.length);
  for (let row = 0; row < cells.length; row++) {
    const text = cells.text(row);
    labels[row] = indexOf.get(same.get(text) ?? text) ?? -1;
  }
  const notices = [...same].map(
    ([text, kept]) => `the classes ${quoted(text)} and ${quoted(kept)} are one number: both are ${quoted(kept)}`,
  );
  return { target: { ...heading, classes, labels, numeric: numbers !== undefined }, notices };
}

/** Each class as a number, if all of them are. */
function numbersOf(texts: Iterable<string>, mark: '.' | ',' | undefined): Map<string, number> | undefined {
  const numbers = new Map<string, number>();
  for (const text of texts) {
    const number = parseNumber(text, mark);
    if (typeof number !== 'number') return undefined;
    numbers.set(text, number);
  }
  return numbers;
}

/** For each spelling that gives way, the one of the same number that stays. */
function equalAsNumbers(rowsOf: Map<string, number>, numbers: Map<string, number>): Map<string, string> {
  const same = new Map<string, string>();
  for (const texts of Map.groupBy(rowsOf.keys(), (text) => numbers.get(text) as number).values()) {
    const [kept = '', ...others] = texts.sort(
      (a, b) => (rowsOf.get(b) as number) - (rowsOf.get(a) as number) || (a < b ? -1 : 1),
    );
    for (const text of others) same.set(text, kept);
  }
  return same;
}

/** By value if all are numbers, otherwise by code unit: never by the machine's locale. */
function sortClasses(names: string[], numbers: Map<string, number> | undefined): string[] {
  const numberOf = (name: string) => numbers?.get(name) ?? 0;
  return names.sort((a, b) => numberOf(a) - numberOf(b) || (a < b ? -1 : 1));
}

function refuseAmounts(heading: Heading, values: readonly number[], rows: number, at: string): void {
  const hasFractions = values.some((value) => !Number.isInteger(value));
  const isAmount =
    values.length > mostNumberClasses ||
    (values.length > fewNumberClasses && (hasFractions || rows < rowsPerNumber * values.length));
  if (isAmount)
    throw new DataError(
      `${at}, ${columnTitle(heading)}: the target has ${values.length} different numbers in ${rows} rows, which are amounts and no classes; write ranges instead (low, high), or ${flag('--target', 'COLUMN')} names another column, or ${flag('--type', `${heading.name}=category`)} takes each number as a class`,
    );
}
