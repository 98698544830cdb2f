import type { Pool, PoolClient } from 'pg';
import type { LeaseStore } from '../port/lease-store.ts';

/** Leases as rows that expire by the database's own clock, so that gateways whose clocks differ agree. */
export class PostgresLeases implements LeaseStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  hold(job: string, holder: string, ms: number): Promise<boolean> {
    return holdLease(this.#pool, job, holder, ms);
  }

  async release(job: string, holder: string): Promise<void> {
    await this.#pool.query('DELETE FROM coppice.lease WHERE job = $1 AND holder = $2', [job, holder]);
  }
}

/** In a transaction the row stays locked to its end: nobody else gets the lease before, however long it takes. */
export async function holdLease(client: Pool | PoolClient, job: string, holder: string, ms: number): Promise<boolean> {
  const { rowCount } = await client.query(
    `INSERT INTO coppice.lease AS l (job, holder, expires)
     VALUES ($1, $2, clock_timestamp() + $3 * interval '1 millisecond')
     ON CONFLICT (job) DO UPDATE SET holder = excluded.holder, expires = excluded.expires
     WHERE l.holder = excluded.holder OR l.expires <= clock_timestamp()`,
    [job, holder, ms],
  );
  return rowCount === 1;
}
