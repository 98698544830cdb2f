import type { FeatureValue } from '@coppice/contract';

/** A row's values, by kind: each array has NULL where the value is of another one; null when it would have nothing else. */
export type StoredValues = {
  features: (number | null)[];
  texts: (string | null)[] | null;
  flags: (boolean | null)[] | null;
};

/** The arrays as PostgreSQL's literals. */
export type ValueLiterals = { features: string; texts: string | null; flags: string | null };

export function valuesOf({ features, texts, flags }: StoredValues): FeatureValue[] {
  if (texts === null && flags === null) return features;
  return features.map((value, i) => value ?? texts?.[i] ?? flags?.[i] ?? null);
}

export function literalsOf(values: readonly FeatureValue[]): ValueLiterals {
  return {
    features: `{${values.map((value) => (typeof value === 'number' ? exact(value) : 'NULL'))}}`,
    texts: values.some((value) => typeof value === 'string') ? `{${values.map(quotedText)}}` : null,
    flags: values.some((value) => typeof value === 'boolean') ? `{${values.map(flag)}}` : null,
  };
}

/** `String(-0)` is "0". */
export const exact = (value: number) => (Object.is(value, -0) ? '-0' : String(value));

const flag = (value: FeatureValue) => (typeof value === 'boolean' ? String(value) : 'NULL');

/** An element of a text array; PostgreSQL's text has no NUL. */
const quotedText = (value: FeatureValue) =>
  typeof value === 'string' ? `"${value.replaceAll('\0', '\ufffd').replaceAll(/["\\]/g, '\\$&')}"` : 'NULL';
