/**
 * What forests learn from: `values` holds numbers row by row, `labels` the index of each row's class in `classes`. A feature is
 * the number at its own place; with `places`, it is the number at `at`, or whether that is `is`: 1 or 0. Words of a category take
 * one number together that way, not one each.
 */
export type TrainingSet = {
  features: { name: string; unit: string | null }[];
  places?: Place[];
  target: string;
  classes: string[];
  values: Float64Array<SharedArrayBuffer>;
  labels: Int32Array<SharedArrayBuffer>;
};
export type Place = { at: number; is?: number };
type Rows = Pick<TrainingSet, 'features' | 'places' | 'values' | 'labels'>;

/** How many numbers of `values` a row takes. */
export function widthOf({ values, labels }: Pick<Rows, 'values' | 'labels'>): number {
  return labels.length === 0 ? 0 : values.length / labels.length;
}

/** One row's features: a view where the numbers are the features. */
export function rowOf({ features, places, values, labels }: Rows, row: number): Float64Array {
  if (!places) return values.subarray(row * features.length, (row + 1) * features.length);
  const start = row * widthOf({ values, labels });
  return Float64Array.from(places, ({ at, is }) => {
    const value = values[start + at] as number;
    return is === undefined ? value : Number(value === is);
  });
}
