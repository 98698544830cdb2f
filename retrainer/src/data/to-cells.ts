import type { FeatureValue } from '@coppice/contract';
import type { BaseColumn } from './base-rows.ts';
import type { RecordedRow, TimedRow } from './recorded-row.ts';

const types = { number: 'number', boolean: 'boolean', category: 'string', date: 'string' } as const;

type Form = { columns: readonly BaseColumn[]; classes: readonly string[] };

/**
 * A recorded row as cells of the base file's columns, matched by name; a text says why it cannot be one: a column that always has a
 * value has none, a value is of another kind, or the class is unknown.
 */
export function toCells(
  { values, actual, time, reference, user }: RecordedRow,
  { columns, classes }: Form,
): TimedRow | string {
  if (!classes.includes(actual)) return 'a class that the base file does not have';
  const cells: string[] = [];
  for (const { name, kind, missing } of columns) {
    const value: FeatureValue = values.get(name) ?? null;
    if (value === null) {
      if (!missing) return `no ${name}`;
      cells.push('');
      continue;
    }
    if (typeof value !== types[kind]) return `${name} of another kind`;
    cells.push(String(value));
  }
  return { cells, label: actual, time, reference, user };
}
