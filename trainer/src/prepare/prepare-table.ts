import { DataError } from '../table/data-error.ts';
import { type Column, isMissing, type Table } from '../table/table.ts';
import type { Place, TrainingSet } from '../table/training-set.ts';
import { isIdentity, outputsOf, type Preparation, type RawValue, type Step } from './preparation.ts';
import { prepareValue } from './prepare-value.ts';

/** A whole table as numbers. Throws `DataError` when it lacks a column of the preparation, and for rows without a class. */
export function prepareTable(preparation: Preparation, table: Table): TrainingSet {
  const { file, lines, target } = table;
  const { steps } = preparation;
  const unlabelled = target.labels.indexOf(-1);
  if (unlabelled >= 0) throw new DataError(`${file}, line ${lines[unlabelled]}: the row has no class`);
  const places: Place[] = [];
  const writers = steps.map((step) => ({ step, column: columnOf(table, step), ...placed(step, places) }));
  const width = writers.reduce((sum, { numbers }) => sum + numbers, 0);
  const set: TrainingSet = {
    features: steps.flatMap((step) => outputsOf(step).map((name) => ({ name, unit: unitOf(table, step, name) }))),
    ...(!isIdentity(preparation) && { places }),
    target: target.name,
    classes: target.classes,
    values: new Float64Array(new SharedArrayBuffer(8 * width * lines.length)),
    labels: new Int32Array(new SharedArrayBuffer(4 * lines.length)),
  };
  set.labels.set(target.labels);
  for (const { step, column, start } of writers) {
    const write = step.kind === 'category' ? wordWriter(step, column) : numberWriter(step, column);
    for (let row = 0; row < lines.length; row++) write(set.values, row * width + start, row);
  }
  return set;
}

/** A cell as the preparation takes it. */
export function rawValue(column: Column, row: number): RawValue {
  if (isMissing(column, row)) return null;
  if (!('values' in column)) return column.words[column.codes[row] as number] as string;
  const value = column.values[row] as number;
  return column.kind === 'boolean' ? value === 1 : value;
}

/** The columns of a table that the steps take, in their order. Throws `DataError` when it lacks one. */
export function stepColumns({ steps }: Preparation, table: Table): Column[] {
  return steps.map((step) => columnOf(table, step));
}

/** Adds the places of a step's features. A category is one number, the place of its word among the features, −1 for none. */
function placed(step: Step, places: Place[]): { start: number; numbers: number } {
  const start = places.reduce((end, { at }) => Math.max(end, at + 1), 0);
  const width = outputsOf(step).length;
  const isFlag = (i: number) => step.kind === 'boolean' || (step.missing && i === width - 1);
  for (let i = 0; i < width; i++)
    places.push(
      step.kind === 'category' ? { at: start, is: i } : isFlag(i) ? { at: start + i, is: 1 } : { at: start + i },
    );
  return { start, numbers: step.kind === 'category' ? Math.min(1, width) : width };
}

type Writer = (values: Float64Array, at: number, row: number) => void;

/** Words come up again and again: each is prepared once. */
function wordWriter(step: Step, column: Column): Writer {
  const places = new Map<RawValue, number>();
  if (outputsOf(step).length === 0) return () => {};
  return (values, at, row) => {
    const raw = rawValue(column, row);
    values[at] = places.getOrInsertComputed(raw, () => prepareValue(step, raw).indexOf(1));
  };
}

function numberWriter(step: Step, column: Column): Writer {
  return (values, at, row) => values.set(prepareValue(step, rawValue(column, row)), at);
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
