import type { FeatureValue } from '@coppice/contract';
import { type FeatureReference, isMeasured } from './feature-reference.ts';
import { MeasuredColumn } from './measured-column.ts';
import { ValuesColumn } from './values-column.ts';
import type { Seen, WindowColumn } from './window-column.ts';

/** An answered row: its values are in the order of `columns`, which is one array object for many rows. */
export type WindowRow = {
  columns: readonly string[];
  features: ArrayLike<FeatureValue | undefined>;
  /** Where they begin: rows of a request share an array. Default: 0, and they are all of it. */
  featuresAt?: number;
  label: number;
  version: string;
};

/** The last `capacity` rows with their versions and predicted classes, in ring buffers allocated once. Adding a row only copies it. */
export class DriftWindow {
  readonly capacity: number;
  readonly #names: string[] = [];
  readonly #columns: WindowColumn[] = [];
  readonly #labels: Int32Array;
  /** Of each row, the index of its version's name. */
  readonly #versions: Int32Array;
  readonly #versionNames: string[] = [];
  #added = 0;
  /** Where the values of rows with these columns are, feature by feature, −1 where there are none; for the last columns, and all. */
  #lastColumns: readonly string[] | null = null;
  #lastPlaces: Int32Array = new Int32Array(0);
  #places = new WeakMap<readonly string[], Int32Array>();

  constructor(capacity: number, features: readonly FeatureReference[]) {
    this.capacity = capacity;
    this.#labels = new Int32Array(capacity);
    this.#versions = new Int32Array(capacity);
    this.extend(features);
  }

  /** Watches more features from now on: the rows held have no value for them. Of those that it watches already, only `nullable` changes. */
  extend(features: readonly FeatureReference[]): void {
    for (const feature of features) {
      const known = this.#columns[this.#names.indexOf(feature.name)];
      if (known) {
        known.nullable = feature.nullable;
        continue;
      }
      this.#names.push(feature.name);
      this.#columns.push(
        isMeasured(feature)
          ? new MeasuredColumn(this.capacity, feature.nullable)
          : new ValuesColumn(
              this.capacity,
              feature.card.kind === 'boolean' ? [false, true] : feature.values,
              feature.nullable,
            ),
      );
    }
    this.#places = new WeakMap();
    this.#lastColumns = null;
  }

  /** Rows held now. */
  get size(): number {
    return Math.min(this.#added, this.capacity);
  }

  /** Rows ever added: shows whether there are new ones. */
  get added(): number {
    return this.#added;
  }

  /** Expects values in their normal form, as many as there are columns; columns of other features are left out. */
  add({ columns, features, featuresAt = 0, label, version }: WindowRow): void {
    if (columns !== this.#lastColumns) this.#turnTo(columns);
    const slot = this.#added++ % this.capacity;
    const places = this.#lastPlaces;
    const held = this.#columns;
    for (let i = 0; i < places.length; i++) {
      const place = places[i] as number;
      (held[i] as WindowColumn).set(slot, place < 0 ? undefined : features[featuresAt + place]);
    }
    this.#labels[slot] = label;
    this.#versions[slot] = this.#indexOf(version);
  }

  /** What the rows held have of each feature, in the order in which the features came. */
  seen(): Seen[] {
    return this.#columns.map((column) => column.seen(this.size));
  }

  /** What the rows held of one version have of a feature, which its place in that order names. */
  seenOf(feature: number, version: string): Seen {
    return (this.#columns[feature] as WindowColumn).seen(this.size, this.#slotsOf(version));
  }

  /** The versions of the rows held, in numerical order. */
  versions(): string[] {
    const held = new Set(this.#versions.subarray(0, this.size));
    return this.#versionNames.filter((_, i) => held.has(i)).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  }

  /** How often a version predicted each of `classes` classes. */
  classCounts(classes: number, version: string): number[] {
    const counts = new Array<number>(classes).fill(0);
    const index = this.#versionNames.indexOf(version);
    for (let slot = 0; slot < this.size; slot++) {
      if (this.#versions[slot] !== index) continue;
      const label = this.#labels[slot] as number;
      counts[label] = (counts[label] ?? 0) + 1;
    }
    return counts;
  }

  /** All rows held, oldest first; dates in days, undefined where a row does not have a feature. */
  rows(): WindowRow[] {
    const first = this.#added - this.size;
    return Array.from({ length: this.size }, (_, i) => {
      const slot = (first + i) % this.capacity;
      return {
        columns: this.#names,
        features: this.#columns.map((column) => column.at(slot)),
        label: this.#labels[slot] as number,
        version: this.#versionNames[this.#versions[slot] as number] as string,
      };
    });
  }

  clear(): void {
    this.#added = 0;
  }

  #turnTo(columns: readonly string[]): void {
    let places = this.#places.get(columns);
    if (!places) {
      places = Int32Array.from(this.#names, (name) => columns.indexOf(name));
      this.#places.set(columns, places);
    }
    this.#lastColumns = columns;
    this.#lastPlaces = places;
  }

  #slotsOf(version: string): number[] {
    const index = this.#versionNames.indexOf(version);
    return Array.from({ length: this.size }, (_, slot) => slot).filter((slot) => this.#versions[slot] === index);
  }

  #indexOf(version: string): number {
    const known = this.#versionNames.indexOf(version);
    return known >= 0 ? known : this.#versionNames.push(version) - 1;
  }
}
