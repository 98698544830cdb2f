import type { RecordedPrediction } from '../storage/port/recorded-prediction.ts';

type Kept = { columns: readonly string[]; places: readonly number[] };

/** Features that the record must not keep (`RECORD_OMIT`): takes their values and names out of rows. */
export class OmittedFeatures {
  readonly #names: ReadonlySet<string>;
  /** What is left of each list of columns; null: all. */
  readonly #kept = new WeakMap<readonly string[], Kept | null>();

  constructor(names: readonly string[]) {
    this.#names = new Set(names);
  }

  /** The row itself if it has none of them. */
  without(row: RecordedPrediction): RecordedPrediction {
    if (this.#names.size === 0) return row;
    const kept = this.#kept.getOrInsertComputed(row.columns, () => this.#keptOf(row.columns));
    if (kept === null) return row;
    const { columns, places } = kept;
    return { ...row, columns, features: places.map((place) => row.features[place] ?? null) };
  }

  /** What a person should know about names that the model does not have; null if it has all. */
  warning(features: readonly string[]): string | null {
    const unknown = [...this.#names].filter((name) => !features.includes(name));
    if (unknown.length === 0) return null;
    return `RECORD_OMIT names ${unknown.join(', ')}, and the model's features are ${features.join(', ')}`;
  }

  #keptOf(columns: readonly string[]): Kept | null {
    const left = [...columns.entries()].filter(([, name]) => !this.#names.has(name));
    if (left.length === columns.length) return null;
    return { columns: left.map(([, name]) => name), places: left.map(([place]) => place) };
  }
}
