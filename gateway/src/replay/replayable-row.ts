import type { FeatureValue, HistoryRow } from '@coppice/contract';
import { type FeatureSpec, type RowSchema, typedValue } from '@coppice/serverkit';

export type AnsweredRow = HistoryRow & { class: string };
/** A recorded row that a version can answer. `values`: its values in the order of the model's features. */
export type ReplayableRow = AnsweredRow & { values: FeatureValue[] };

/** What the versions have in common, and the features that one of them cannot do without. */
export type ReplayedModel = { schema: RowSchema; classes: readonly string[]; required: readonly string[] };

/** The row for a version, or why it cannot take it, in words that say nothing of the row's values. */
export function replayableRow(row: AnsweredRow, model: ReplayedModel): ReplayableRow | { why: string } {
  const { schema, classes, required } = model;
  if (!classes.includes(row.class)) return { why: `the class ${row.class} is none of the model's` };
  const names = row.feature_names ?? namesByPlace(row, schema);
  if (names === null)
    return { why: `recorded with ${row.features.length} values without names; the model has ${schema.names.length}` };
  const values: FeatureValue[] = [];
  const places = placesOf(names, schema);
  for (const [i, spec] of schema.specs.entries()) {
    const value = row.features[places[i] as number] ?? null;
    if (value === null && required.includes(spec.name)) return { why: `without ${spec.name}` };
    const typed = value === null ? null : typedValue(spec, value);
    if (typed === undefined) return { why: otherKind(spec, value) };
    values.push(typed);
  }
  return { ...row, values };
}

/** A row of before the record had names is in the model's order. */
function namesByPlace({ features }: HistoryRow, { names, arrayLengths }: RowSchema): readonly string[] | null {
  return arrayLengths.includes(features.length) ? names : null;
}

/** Where a row has the value of each feature; -1: nowhere. Rows with the same names share the array. */
function placesOf(names: readonly string[], schema: RowSchema): readonly number[] {
  const known = knownPlaces.getOrInsertComputed(schema, () => new WeakMap<readonly string[], readonly number[]>());
  return known.getOrInsertComputed(names, () => schema.names.map((name) => names.indexOf(name)));
}

const knownPlaces = new WeakMap<RowSchema, WeakMap<readonly string[], readonly number[]>>();

function otherKind({ name, kind }: FeatureSpec, value: FeatureValue): string {
  const was = typeof value === 'string' ? 'text' : typeof value;
  return `${name} was recorded as a ${was}, and is a ${kind}`;
}
