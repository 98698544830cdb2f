/** What forests learn from: `values` holds the features row by row, `labels` the index of each row's class in `classes`. */
export type TrainingSet = {
  features: { name: string; unit: string | null }[];
  target: string;
  classes: string[];
  values: Float64Array<SharedArrayBuffer>;
  labels: Int32Array<SharedArrayBuffer>;
};

/** One row's features, as a view. */
export function rowOf({ values, features }: Pick<TrainingSet, 'values' | 'features'>, row: number): Float64Array {
  return values.subarray(row * features.length, (row + 1) * features.length);
}

/** One feature's values in some rows, copied. */
export function columnOf(
  set: Pick<TrainingSet, 'values' | 'features'>,
  column: number,
  rows: readonly number[],
): Float64Array {
  return Float64Array.from(rows, (row) => set.values[row * set.features.length + column] as number);
}
