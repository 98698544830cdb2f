import type { RowsToInfer } from './infer-job.ts';

type Row = Pick<RowsToInfer, 'features' | 'columns'>;

const places = new WeakMap<readonly string[], { required: readonly string[]; at: readonly number[] }>();

/** Whether one row lacks a feature that is `required`. Both arrays of names are known by identity. */
export function lacks({ features, columns }: Row, required: readonly string[]): boolean {
  let known = places.get(columns);
  if (known?.required !== required) {
    known = { required, at: required.map((name) => columns.indexOf(name)) };
    places.set(columns, known);
  }
  for (const at of known.at) if (at < 0 || features[at] === null) return true;
  return false;
}
