import { DataError } from '../table/data-error.ts';
import { type Column, isMissing, type Table } from '../table/table.ts';
import type { TrainingSet } from '../table/training-set.ts';
import { outputsOf, type Preparation, type RawValue, type Step } from './preparation.ts';
import { prepareValue } from './prepare-value.ts';

/** A whole table as numbers. Throws `DataError` when it lacks a column of the preparation, and for rows without a class. */
export function prepareTable({ steps }: Preparation, table: Table): TrainingSet {
  const { file, lines, target } = table;
  const unlabelled = target.labels.indexOf(-1);
  if (unlabelled >= 0)
    throw new DataError(`${file}, line ${lines[unlabelled]}: the row has no class; --drop-missing leaves it out`);
  const names = steps.map(outputsOf);
  const width = names.reduce((sum, { length }) => sum + length, 0);
  const set: TrainingSet = {
    features: steps.flatMap((step, i) =>
      (names[i] as string[]).map((name) => ({ name, unit: unitOf(table, step, name) })),
    ),
    target: target.name,
    classes: target.classes,
    values: new Float64Array(new SharedArrayBuffer(8 * width * lines.length)),
    labels: new Int32Array(new SharedArrayBuffer(4 * lines.length)),
  };
  set.labels.set(target.labels);
  let at = 0;
  for (const [i, step] of steps.entries()) {
    const column = columnOf(table, step);
    // words come up again and again: each is prepared once
    const known = new Map<RawValue, number[]>();
    for (let row = 0; row < lines.length; row++) {
      const raw = rawValue(column, row);
      const numbers =
        typeof raw === 'number'
          ? prepareValue(step, raw)
          : known.getOrInsertComputed(raw, () => prepareValue(step, raw));
      set.values.set(numbers, row * width + at);
    }
    at += (names[i] as string[]).length;
  }
  return set;
}

/** A cell as a client would send it. */
export function rawValue(column: Column, row: number): RawValue {
  if (isMissing(column, row)) return null;
  if (!('values' in column)) return column.words[column.codes[row] as number] as string;
  const value = column.values[row] as number;
  return column.kind === 'boolean' ? value === 1 : value;
}

function columnOf({ file, columns }: Table, { column, kind }: Step): Column {
  const found = columns.find(({ name }) => name === column);
  if (found?.kind !== kind)
    throw new DataError(`${file}: the preparation needs a column ${JSON.stringify(column)} of kind ${kind}`);
  return found;
}

/** The unit of a number that is the column itself; an indicator has none. */
function unitOf({ columns }: Table, { column }: Step, name: string): string | null {
  return name === column ? (columns.find((one) => one.name === column)?.unit ?? null) : null;
}
