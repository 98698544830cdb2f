import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Epoch } from '../port/epoch.ts';
import type { CellDeltas } from '../summaries/cell-deltas.ts';

/** What is remembered at most, some 2 KB each: feedback reaches the cells of many epochs. */
const MOST_KNOWN = 512;

type KnownEpoch = { id: number; started: number; updated: number };
type Known<Sums> = { id: number | bigint; sums: Sums };
type Sums = Float64Array | Uint32Array;

/**
 * Adds to epochs and cells, in the transaction of the rows that they count. It remembers them, for the folder's lock
 * keeps every other writer out, so `forget` must follow when a transaction fails or epochs are deleted.
 */
export class SqliteCells {
  readonly #addEpoch: StatementSync;
  readonly #keepEpoch: StatementSync;
  readonly #cell: CellStatements<Float64Array>;
  readonly #latency: CellStatements<Uint32Array>;
  readonly #epochs = new Map<string, KnownEpoch>();
  /** Epochs with a row before or after all that the database has of them. */
  readonly #changed = new Set<KnownEpoch>();
  readonly #cells = new Map<string, Known<Float64Array>>();
  readonly #latencies = new Map<string, Known<Uint32Array>>();

  constructor(db: DatabaseSync) {
    this.#addEpoch = db.prepare(`
      INSERT INTO epoch (period, weights, releases, started, updated) VALUES (?1, ?2, ?3, ?4, ?4)
      ON CONFLICT DO UPDATE SET started = min(started, ?4), updated = max(updated, ?4) RETURNING id, started, updated`);
    this.#keepEpoch = db.prepare('UPDATE epoch SET started = ?, updated = ? WHERE id = ?');
    // by its row's number: `INSERT OR REPLACE` would move the row, and write the index, too
    this.#cell = {
      find: db.prepare(`SELECT rowid AS id, sums FROM cell
        WHERE epoch = ? AND version = ? AND metric = ? AND against = ?`),
      add: db.prepare('INSERT INTO cell (epoch, version, metric, against, sums) VALUES (?, ?, ?, ?, ?)'),
      keep: db.prepare('UPDATE cell SET sums = ? WHERE rowid = ?'),
      sumsOf: (buffer) => new Float64Array(buffer),
    };
    this.#latency = {
      find: db.prepare(`SELECT rowid AS id, counts AS sums FROM latency_cell
        WHERE epoch = ? AND version = ? AND slice = ?`),
      add: db.prepare('INSERT INTO latency_cell (epoch, version, slice, counts) VALUES (?, ?, ?, ?)'),
      keep: db.prepare('UPDATE latency_cell SET counts = ? WHERE rowid = ?'),
      sumsOf: (buffer) => new Uint32Array(buffer),
    };
  }

  /** The number of an epoch that has a row of this time; `add` must follow in the same transaction. */
  epochId({ period, weights, releases }: Epoch, time: number): number {
    const words = [period, JSON.stringify(weights), JSON.stringify(releases)] as const;
    const key = words.join(' ');
    const known = this.#epochs.get(key);
    if (known === undefined) {
      const added = this.#addEpoch.get(...words, time) as KnownEpoch;
      remember(this.#epochs, key, added);
      return added.id;
    }
    if (time < known.started || time > known.updated) this.#changed.add(known);
    known.started = Math.min(known.started, time);
    known.updated = Math.max(known.updated, time);
    return known.id;
  }

  add(deltas: CellDeltas): void {
    for (const { id, started, updated } of this.#changed) this.#keepEpoch.run(started, updated, id);
    this.#changed.clear();
    for (const { epoch, version, metric, against, sums } of deltas.cells())
      addTo(this.#cells, this.#cell, [epoch, version, metric, against], sums);
    for (const { epoch, version, slice, counts } of deltas.latencies())
      addTo(this.#latencies, this.#latency, [epoch, version, slice], counts);
  }

  /** The database may have other epochs and cells than those that were written here. */
  forget(): void {
    for (const known of [this.#epochs, this.#changed, this.#cells, this.#latencies]) known.clear();
  }
}

/** `find` and `add` begin with the columns of the key. */
type CellStatements<S> = Record<'find' | 'add' | 'keep', StatementSync> & { sumsOf(buffer: ArrayBuffer): S };

function addTo<S extends Sums>(
  cells: Map<string, Known<S>>,
  { find, add, keep, sumsOf }: CellStatements<S>,
  columns: readonly (number | string)[],
  sums: S,
): void {
  const key = columns.join(' ');
  let known = cells.get(key);
  if (known === undefined) {
    const found = find.get(...columns) as { id: number; sums: Uint8Array } | undefined;
    if (!found) {
      remember(cells, key, { id: add.run(...columns, bytesOf(sums)).lastInsertRowid, sums });
      return;
    }
    known = { id: found.id, sums: sumsOf(copyOf(found.sums)) };
    remember(cells, key, known);
  }
  for (let i = 0; i < sums.length; i++) known.sums[i] = (known.sums[i] as number) + (sums[i] as number);
  // whoever deleted it did not say so: the transaction is repeated with what the database has
  if (keep.run(bytesOf(known.sums), known.id).changes === 0) throw new Error(`the cell ${key} is gone`);
}

function remember<T>(all: Map<string, T>, key: string, one: T): void {
  if (all.size >= MOST_KNOWN) all.clear();
  all.set(key, one);
}

/** The bytes in a buffer of their own, which begins where numbers may. */
export function copyOf(bytes: Uint8Array): ArrayBuffer {
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Sums) => new Uint8Array(buffer, byteOffset, byteLength);
