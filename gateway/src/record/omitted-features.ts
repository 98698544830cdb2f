import type { FeatureSpec } from '@coppice/serverkit';
import type { RecordedPrediction } from '../storage/port/recorded-prediction.ts';

type Kept = { columns: readonly string[]; places: readonly number[] };

/** Features that the record must not keep (`RECORD_OMIT`): takes their values and names out of rows. */
export class OmittedFeatures {
  readonly #given: readonly string[];
  /** With the names of the features whose headers are given. */
  readonly #names: Set<string>;
  /** What is left of each list of columns; null: all. */
  #kept = new WeakMap<readonly string[], Kept | null>();

  /** By their names, or by whole headers such as `age (years)`. */
  constructor(names: readonly string[]) {
    this.#given = names;
    this.#names = new Set(names);
  }

  /** The model's features: their headers are known from now on. Returns what a person should know, or null. */
  know(specs: readonly Pick<FeatureSpec, 'name' | 'header'>[]): string | null {
    for (const { name, header } of specs)
      if (header !== undefined && this.#given.includes(header)) this.#names.add(name);
    this.#kept = new WeakMap();
    return this.#warning(specs);
  }

  /** The row itself if it has none of them. */
  without(row: RecordedPrediction): RecordedPrediction {
    if (this.#names.size === 0) return row;
    const kept = this.#kept.getOrInsertComputed(row.columns, () => this.#keptOf(row.columns));
    if (kept === null) return row;
    const { columns, places } = kept;
    const { featuresAt = 0, ...rest } = row;
    return { ...rest, columns, features: places.map((place) => row.features[featuresAt + place] ?? null) };
  }

  #warning(specs: readonly Pick<FeatureSpec, 'name' | 'header'>[]): string | null {
    const unknown = this.#given.filter((key) => !specs.some(({ name, header }) => name === key || header === key));
    if (unknown.length === 0) return null;
    const features = specs.map(({ name }) => name).join(', ');
    return `RECORD_OMIT names ${unknown.join(', ')}, and the model's features are ${features}`;
  }

  #keptOf(columns: readonly string[]): Kept | null {
    const left = [...columns.entries()].filter(([, name]) => !this.#names.has(name));
    if (left.length === columns.length) return null;
    return { columns: left.map(([, name]) => name), places: left.map(([place]) => place) };
  }
}
