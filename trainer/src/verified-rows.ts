import { Tensor } from 'onnxruntime-node';
import { inputName } from './onnx/preparation-graph.ts';
import type { Preparation, RawValue, Step } from './prepare/preparation.ts';
import { rawValue, stepColumns } from './prepare/prepare-table.ts';
import { prepareRow } from './prepare/prepare-value.ts';
import type { Table } from './table/table.ts';
import { rowOf, type TrainingSet } from './table/training-set.ts';
import type { VerifiedRows } from './verify.ts';

/** All rows of a set, for a model whose one input are the features. */
export function numberRows(set: TrainingSet): VerifiedRows {
  const width = set.features.length;
  return {
    rows: set.labels.length,
    tensors: (from, to) => ({
      features: new Tensor('float64', Float64Array.from(set.values.subarray(from * width, to * width)), [
        to - from,
        width,
      ]),
    }),
    features: (from, to) => Array.from({ length: to - from }, (_, i) => rowOf(set, from + i)),
  };
}

/** All rows of a table as they are, for a model that has its preparation inside; after them rows that no table has. */
export function rawRows(preparation: Preparation, table: Table): VerifiedRows {
  const { steps } = preparation;
  const columns = stepColumns(preparation, table);
  const known = table.lines.length;
  const rowAt = (row: number) => columns.map((column) => rawValue(column, row));
  const strange = strangeRows(steps, (i) => rowAt(i % known));
  const valuesAt = (row: number): RawValue[] => (row < known ? rowAt(row) : (strange[row - known] as RawValue[]));
  const between = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => valuesAt(from + i));
  return {
    rows: known + strange.length,
    tensors: (from, to) => rawTensors(steps, between(from, to)),
    features: (from, to) => between(from, to).map((raw) => Float64Array.from(prepareRow(steps, raw))),
  };
}

/** The inputs of a model with a preparation, one for each step. */
export function rawTensors(steps: readonly Step[], rows: readonly RawValue[][]): Record<string, Tensor> {
  return Object.fromEntries(
    steps.map((step, i) => {
      const raw = rows.map((row) => row[i] as RawValue);
      const tensor =
        step.kind === 'category'
          ? new Tensor(
              'string',
              raw.map((value) => (value === null ? '' : String(value))),
              [rows.length, 1],
            )
          : new Tensor(
              'float64',
              Float64Array.from(raw, (value) => (value === null ? Number.NaN : Number(value))),
              [rows.length, 1],
            );
      return [inputName(step), tensor];
    }),
  );
}

/** For each column a row with a gap, one with an unseen word or a number far off; and rows of nothing but these. */
function strangeRows(steps: readonly Step[], known: (i: number) => RawValue[]): RawValue[][] {
  const unseen = steps.map(
    ({ kind }): RawValue => (kind === 'category' ? 'a word that no row has' : kind === 'boolean'),
  );
  const far = (sign: number) =>
    steps.map(({ kind }, i) => (kind === 'number' || kind === 'date' ? sign * 1e5 : unseen[i]) as RawValue);
  const instead = (values: readonly RawValue[]) => steps.map((_, i) => known(i).with(i, values[i] as RawValue));
  const gaps = steps.map(() => null);
  return [...instead(gaps), ...instead(far(1)), ...instead(far(-1)), gaps, far(1), far(-1)];
}
