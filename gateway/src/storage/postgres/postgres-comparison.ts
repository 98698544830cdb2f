import type { Pool } from 'pg';
import type { ComparisonStore, EpochCells } from '../port/comparison-store.ts';
import type { Epoch } from '../port/epoch.ts';
import { type EpochRow, epochCells } from '../summaries/epoch-cells.ts';

type Sums = { epoch: number; version: string; metric: string; against: string; sums: number[] };
type Counts = { epoch: number; version: string; slice: number; counts: number[] };

/** Reads epochs and cells from PostgreSQL. A row written between the queries may be in one of them only. */
export class PostgresComparison implements ComparisonStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async epochs(from: number, to: number): Promise<EpochCells[]> {
    const all = async <T>(sql: string) => (await this.#pool.query(sql, [from, to])).rows as T[];
    const inPeriods = 'epoch IN (SELECT id FROM coppice.epoch WHERE period BETWEEN $1 AND $2)';
    const epochs = await all<EpochRow>(
      'SELECT * FROM coppice.epoch WHERE period BETWEEN $1 AND $2 ORDER BY period, id',
    );
    const cells = await all<Sums>(`SELECT * FROM coppice.cell WHERE ${inPeriods}`);
    const latencies = await all<Counts>(`SELECT * FROM coppice.latency_cell WHERE ${inPeriods}`);
    return epochCells(
      epochs,
      cells.map((row) => ({ ...row, sums: Float64Array.from(row.sums) })),
      latencies.map((row) => ({ ...row, counts: Uint32Array.from(row.counts) })),
    );
  }

  async epochsBetween(since: number, until: number, limit: number): Promise<EpochCells[]> {
    const epochs = await this.#pool.query<EpochRow>(
      'SELECT * FROM coppice.epoch WHERE started < $2 AND updated >= $1 ORDER BY period DESC, id DESC LIMIT $3',
      [since, until, limit],
    );
    const ids = epochs.rows.map(({ id }) => id);
    const cells = await this.#pool.query<Sums>('SELECT * FROM coppice.cell WHERE epoch = ANY($1)', [ids]);
    return epochCells(
      epochs.rows.toReversed(),
      cells.rows.map((row) => ({ ...row, sums: Float64Array.from(row.sums) })),
      [],
    );
  }

  async lastEpoch(period: number): Promise<Epoch | null> {
    const { rows } = await this.#pool.query<EpochRow>(
      'SELECT * FROM coppice.epoch WHERE period = $1 ORDER BY updated DESC, id DESC LIMIT 1',
      [period],
    );
    const [row] = rows;
    return row ? { period, weights: JSON.parse(row.weights), releases: JSON.parse(row.releases) } : null;
  }
}
