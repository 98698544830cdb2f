import type { Pool, PoolClient } from 'pg';
import type { Epoch } from '../port/epoch.ts';
import type { CellDeltas } from '../summaries/cell-deltas.ts';

/** The number of an epoch that has a row of this time. Outside a transaction, so that the epoch, once known, stays. */
export async function epochId(pool: Pool, { period, weights, releases }: Epoch, time: number): Promise<number> {
  const { rows } = await pool.query<{ id: number }>(
    `INSERT INTO coppice.epoch AS e (period, weights, releases, started, updated) VALUES ($1, $2, $3, $4, $4)
     ON CONFLICT (period, weights, releases)
     DO UPDATE SET started = least(e.started, excluded.started), updated = greatest(e.updated, excluded.updated)
     RETURNING id`,
    [period, JSON.stringify(weights), JSON.stringify(releases), time],
  );
  return (rows[0] as { id: number }).id;
}

/** Adds to the cells, in the transaction of the rows that they count. */
export async function addCells(client: PoolClient, deltas: CellDeltas): Promise<void> {
  for (const { epoch, version, metric, against, sums } of deltas.cells())
    await client.query(
      `INSERT INTO coppice.cell AS c (epoch, version, metric, against, sums) VALUES ($1, $2, $3, $4, $5::text::float8[])
       ON CONFLICT (epoch, version, metric, against) DO UPDATE SET sums = coppice.added(c.sums, excluded.sums)`,
      [epoch, version, metric, against, `{${sums.join(',')}}`],
    );
  for (const { epoch, version, slice, counts } of deltas.latencies())
    await client.query(
      `INSERT INTO coppice.latency_cell AS c (epoch, version, slice, counts) VALUES ($1, $2, $3, $4::text::int[])
       ON CONFLICT (epoch, version, slice) DO UPDATE SET counts = coppice.added(c.counts, excluded.counts)`,
      [epoch, version, slice, `{${counts.join(',')}}`],
    );
}
