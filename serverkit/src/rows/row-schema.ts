import type { FeatureCard } from '@coppice/contract';

/** What a request may send for one feature. */
export type FeatureSpec = {
  name: string;
  /** The whole header, where that is more than the name: a key as good as the name. */
  header?: string | undefined;
  /** Whether it may be missing. */
  nullable: boolean;
} & ({ kind: 'number' | 'boolean' | 'date' } | { kind: 'category'; values: readonly string[] });

/** The features of a row, in their order. */
export type RowSchema = {
  specs: readonly FeatureSpec[];
  /**
   * Their names. The same array for all rows that were read by this schema, so that it also stands for the columns that a
   * row's values are in: compare it by identity.
   */
  names: readonly string[];
  /** All are numbers that may not be missing: rows are then read the fast way. */
  numeric: boolean;
  /** How many values a row may have as an array: all, or the first so many, and the others are missing. */
  arrayLengths: readonly number[];
};

/** `short`: how many values an array may have instead of all. */
export function rowSchema(specs: readonly FeatureSpec[], short = specs.length): RowSchema {
  return {
    specs,
    names: specs.map(({ name }) => name),
    numeric: specs.every(({ kind, nullable }) => kind === 'number' && !nullable),
    arrayLengths: short === specs.length ? [short] : [short, specs.length],
  };
}

export function specOf(feature: FeatureCard): FeatureSpec {
  const { name, header, nullable } = feature;
  return feature.kind === 'category'
    ? { name, header, nullable, kind: 'category', values: feature.values.map(({ value }) => value) }
    : { name, header, nullable, kind: feature.kind };
}

/** Numbers under these names, none of which may be missing: of servers that describe nothing else. */
export function numbersNamed(names: readonly string[]): RowSchema {
  return rowSchema(names.map((name) => ({ name, nullable: false, kind: 'number' })));
}
