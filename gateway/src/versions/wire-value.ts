import type { FeatureValue } from '@coppice/contract';
import { daysOfDate } from '@coppice/serverkit';
import type { RowsToInfer } from './infer-job.ts';

/** A value as a number, as models take it: a boolean is 0 or 1, a date days since 1970-01-01, NaN is missing. */
export function numberOf(value: FeatureValue | undefined): number {
  switch (typeof value) {
    case 'number':
      return value;
    case 'boolean':
      return value ? 1 : 0;
    case 'string':
      return daysOfDate(value) ?? Number.NaN;
    default:
      return Number.NaN;
  }
}

/** A value as text; the empty text is missing. */
export function textOf(value: FeatureValue | undefined): string {
  return value === null || value === undefined ? '' : String(value);
}

/**
 * Calls back with each value of one of a version's columns, row after row. `from` is what a `ColumnMap` found for the
 * job's columns.
 */
export function eachOfColumn(
  { features, columns, rows }: RowsToInfer,
  from: Int32Array | null,
  column: number,
  visit: (value: FeatureValue | undefined) => void,
): void {
  const width = columns.length;
  const at = from ? (from[column] ?? -1) : column;
  for (let row = 0; row < rows; row++) visit(at < 0 ? null : features[row * width + at]);
}

/** The same with each value of all columns. `width`: how many the version has. */
export function eachValue(
  { features, columns, rows }: RowsToInfer,
  from: Int32Array,
  width: number,
  visit: (value: FeatureValue | undefined) => void,
): void {
  for (let row = 0; row < rows; row++)
    for (let i = 0; i < width; i++) {
      const at = from[i] ?? -1;
      visit(at < 0 ? null : features[row * columns.length + at]);
    }
}
