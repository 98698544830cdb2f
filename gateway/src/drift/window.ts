/** Squares of the values, and their sum over a window, must stay finite. */
const LARGEST = 1e150;

/** The last `capacity` rows with their versions and predicted classes, in ring buffers allocated once. Adding a row only copies it. */
export class DriftWindow {
  readonly capacity: number;
  readonly #columns: Float64Array[];
  readonly #labels: Int32Array;
  /** Of each row, the index of its version's name. */
  readonly #versions: Int32Array;
  readonly #names: string[] = [];
  #added = 0;

  constructor(capacity: number, features: number) {
    this.capacity = capacity;
    this.#columns = Array.from({ length: features }, () => new Float64Array(capacity));
    this.#labels = new Int32Array(capacity);
    this.#versions = new Int32Array(capacity);
  }

  /** Values per row. */
  get features(): number {
    return this.#columns.length;
  }

  /** Rows held now. */
  get size(): number {
    return Math.min(this.#added, this.capacity);
  }

  /** Rows ever added: shows whether there are new ones. */
  get added(): number {
    return this.#added;
  }

  /** Expects as many finite values as there are features; beyond ±1e150 they count as ±1e150. */
  add(features: ArrayLike<unknown>, label: number, version: string): void {
    const slot = this.#added++ % this.capacity;
    for (let i = 0; i < this.#columns.length; i++) {
      const value = features[i] as number;
      (this.#columns[i] as Float64Array)[slot] = Math.max(-LARGEST, Math.min(LARGEST, value));
    }
    this.#labels[slot] = label;
    this.#versions[slot] = this.#indexOf(version);
  }

  clear(): void {
    this.#added = 0;
  }

  /** A feature's values, ascending; a copy. */
  sorted(feature: number): number[] {
    return Array.from((this.#columns[feature] as Float64Array).slice(0, this.size).sort());
  }

  /** The versions of the rows held, in numerical order. */
  versions(): string[] {
    const held = new Set(this.#versions.subarray(0, this.size));
    return this.#names.filter((_, i) => held.has(i)).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  }

  /** How often a version predicted each of `classes` classes. */
  classCounts(classes: number, version: string): number[] {
    const counts = new Array<number>(classes).fill(0);
    const index = this.#names.indexOf(version);
    for (let slot = 0; slot < this.size; slot++) {
      if (this.#versions[slot] !== index) continue;
      const label = this.#labels[slot] as number;
      counts[label] = (counts[label] ?? 0) + 1;
    }
    return counts;
  }

  /** All rows held, oldest first. */
  rows(): { features: number[]; label: number; version: string }[] {
    const first = this.#added - this.size;
    return Array.from({ length: this.size }, (_, i) => {
      const slot = (first + i) % this.capacity;
      return {
        features: this.#columns.map((column) => column[slot] as number),
        label: this.#labels[slot] as number,
        version: this.#names[this.#versions[slot] as number] as string,
      };
    });
  }

  #indexOf(version: string): number {
    const known = this.#names.indexOf(version);
    return known >= 0 ? known : this.#names.push(version) - 1;
  }
}
