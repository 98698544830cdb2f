import type { DatabaseSync } from 'node:sqlite';
import type { ComparisonStore, EpochCells } from '../port/comparison-store.ts';
import type { Epoch } from '../port/epoch.ts';
import { type CellRow, type EpochRow, epochCells, type LatencyRow } from '../summaries/epoch-cells.ts';
import { copyOf } from './sqlite-cells.ts';
import { transaction } from './transaction.ts';

type CellBytes = Omit<CellRow, 'sums'> & { sums: Uint8Array };

const IN_PERIODS = 'epoch IN (SELECT id FROM epoch WHERE period BETWEEN ? AND ?)';

/** Reads epochs and cells from SQLite; each call sees one moment. */
export class SqliteComparison implements ComparisonStore {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  epochs(from: number, to: number): EpochCells[] {
    return transaction(
      this.#db,
      () => {
        const all = (sql: string) => this.#db.prepare(sql).all(from, to) as unknown[];
        const epochs = all('SELECT * FROM epoch WHERE period BETWEEN ? AND ? ORDER BY period, id') as EpochRow[];
        const cells = all(`SELECT * FROM cell WHERE ${IN_PERIODS}`) as CellBytes[];
        const latencies = all(`SELECT * FROM latency_cell WHERE ${IN_PERIODS}`) as (LatencyRow & {
          counts: Uint8Array;
        })[];
        return epochCells(
          epochs,
          cells.map((row) => ({ ...row, sums: new Float64Array(copyOf(row.sums)) })),
          latencies.map((row) => ({ ...row, counts: new Uint32Array(copyOf(row.counts)) })),
        );
      },
      'DEFERRED',
    );
  }

  epochsBetween(since: number, until: number, limit: number): EpochCells[] {
    const those = 'SELECT * FROM epoch WHERE started < ? AND updated >= ? ORDER BY period DESC, id DESC LIMIT ?';
    const all = (sql: string) => this.#db.prepare(sql).all(until, since, limit) as unknown[];
    return transaction(
      this.#db,
      () => {
        const epochs = all(those) as EpochRow[];
        const cells = all(`SELECT * FROM cell WHERE epoch IN (SELECT id FROM (${those}))`) as CellBytes[];
        return epochCells(
          epochs.toReversed(),
          cells.map((row) => ({ ...row, sums: new Float64Array(copyOf(row.sums)) })),
          [],
        );
      },
      'DEFERRED',
    );
  }

  lastEpoch(period: number): Epoch | null {
    const row = this.#db
      .prepare('SELECT * FROM epoch WHERE period = ? ORDER BY updated DESC, id DESC LIMIT 1')
      .get(period) as EpochRow | undefined;
    return row ? { period, weights: JSON.parse(row.weights), releases: JSON.parse(row.releases) } : null;
  }
}
