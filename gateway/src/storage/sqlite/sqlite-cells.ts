import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Epoch } from '../port/epoch.ts';
import type { CellDeltas } from '../summaries/cell-deltas.ts';

/** Adds to epochs and cells, in the transaction of the rows that they count. */
export class SqliteCells {
  readonly #epoch: StatementSync;
  readonly #cell: StatementSync;
  readonly #keepCell: StatementSync;
  readonly #latency: StatementSync;
  readonly #keepLatency: StatementSync;

  constructor(db: DatabaseSync) {
    this.#epoch = db.prepare(`
      INSERT INTO epoch (period, weights, releases, started, updated) VALUES (?1, ?2, ?3, ?4, ?4)
      ON CONFLICT DO UPDATE SET started = min(started, ?4), updated = max(updated, ?4) RETURNING id`);
    this.#cell = db.prepare('SELECT sums FROM cell WHERE epoch = ? AND version = ? AND metric = ? AND against = ?');
    this.#keepCell = db.prepare(
      'INSERT OR REPLACE INTO cell (epoch, version, metric, against, sums) VALUES (?, ?, ?, ?, ?)',
    );
    this.#latency = db.prepare('SELECT counts FROM latency_cell WHERE epoch = ? AND version = ? AND slice = ?');
    this.#keepLatency = db.prepare(
      'INSERT OR REPLACE INTO latency_cell (epoch, version, slice, counts) VALUES (?, ?, ?, ?)',
    );
  }

  /** The number of an epoch that has a row of this time. */
  epochId({ period, weights, releases }: Epoch, time: number): number {
    const found = this.#epoch.get(period, JSON.stringify(weights), JSON.stringify(releases), time);
    return (found as { id: number }).id;
  }

  add(deltas: CellDeltas): void {
    for (const { epoch, version, metric, against, sums } of deltas.cells()) {
      const found = this.#cell.get(epoch, version, metric, against) as { sums: Uint8Array } | undefined;
      if (found) addTo(sums, new Float64Array(copyOf(found.sums)));
      this.#keepCell.run(epoch, version, metric, against, bytesOf(sums));
    }
    for (const { epoch, version, slice, counts } of deltas.latencies()) {
      const found = this.#latency.get(epoch, version, slice) as { counts: Uint8Array } | undefined;
      if (found) addTo(counts, new Uint32Array(copyOf(found.counts)));
      this.#keepLatency.run(epoch, version, slice, bytesOf(counts));
    }
  }
}

function addTo(sums: Float64Array | Uint32Array, before: Float64Array | Uint32Array): void {
  for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] as number) + (before[i] as number);
}

/** The bytes in a buffer of their own, which begins where numbers may. */
export function copyOf(bytes: Uint8Array): ArrayBuffer {
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float64Array | Uint32Array) =>
  new Uint8Array(buffer, byteOffset, byteLength);
