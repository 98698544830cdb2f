import type { RowSchema } from '@coppice/serverkit';

/** What one version's wire sees of the fleet. */
export type FleetView = {
  /** The version's own features; null before it is identified. */
  own(): RowSchema | null;
  /** Those of all versions. */
  schema(): RowSchema | null;
  classes(): readonly string[] | undefined;
};

/** Finds the columns of one version among those that rows come in. */
export class ColumnMap {
  readonly #fleet: Pick<FleetView, 'own' | 'schema'>;
  #own: RowSchema | null = null;
  #found = new WeakMap<readonly string[], Int32Array | null>();
  #last: { columns: readonly string[]; from: Int32Array | null } | null = null;

  constructor(fleet: Pick<FleetView, 'own' | 'schema'>) {
    this.#fleet = fleet;
  }

  /** Names of the version's own columns, in its order. */
  get names(): readonly string[] {
    return this.#fleet.own()?.names ?? [];
  }

  /**
   * Of each of the version's columns the index among `columns`, -1 where they lack it. Null when the rows are already what
   * the version takes: numbers in its own order, none missing.
   */
  from(columns: readonly string[]): Int32Array | null {
    const own = this.#fleet.own();
    if (own !== this.#own) {
      this.#own = own;
      this.#found = new WeakMap();
      this.#last = null;
    }
    if (this.#last?.columns === columns) return this.#last.from;
    let from = this.#found.get(columns);
    if (from === undefined) {
      from = this.#find(columns);
      this.#found.set(columns, from);
    }
    this.#last = { columns, from };
    return from;
  }

  #find(columns: readonly string[]): Int32Array | null {
    const own = this.#own;
    if (!own) return Int32Array.from(columns, (_, i) => i);
    const from = Int32Array.from(own.names, (name) => columns.indexOf(name));
    const schema = this.#fleet.schema();
    const numeric = own.numeric && schema?.numeric && schema.names === columns;
    return numeric && from.length === columns.length && from.every((at, i) => at === i) ? null : from;
  }
}
