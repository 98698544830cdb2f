import { randomUUID } from 'node:crypto';
import pg, { type PoolConfig } from 'pg';
import type { ControlRows, ControlState } from '../port/control-store.ts';
import type { Database } from '../port/database.ts';
import type { Retention } from '../port/storage-config.ts';
import { ControlListener } from './control-listener.ts';
import { PostgresComparison } from './postgres-comparison.ts';
import { PostgresControl } from './postgres-control.ts';
import { PostgresDocuments } from './postgres-documents.ts';
import { PostgresLeases } from './postgres-leases.ts';
import { migratePostgres } from './postgres-migrations.ts';
import { PostgresReader } from './postgres-reader.ts';
import { PostgresClock, trimPostgres } from './postgres-trim.ts';
import { PostgresWriter } from './postgres-writer.ts';

/** One for writing, one for trimming, two for reading. */
const CONNECTIONS = 4;

/** Opens the record in PostgreSQL. It recovers after an outage: no call leaves it broken. */
export async function openPostgres(
  url: string,
  retention: Retention,
  changed: (state: ControlState) => void,
  now: () => number = Date.now,
  monotonic: () => number = () => performance.now(),
): Promise<Database> {
  // counts and milliseconds fit a double; pg returns bigint as text
  pg.types.setTypeParser(pg.types.builtins.INT8, Number);
  const config: PoolConfig = {
    connectionString: url,
    connectionTimeoutMillis: 3_000,
    query_timeout: 15_000,
    keepAlive: true,
    application_name: 'coppice',
  };
  const pool = new pg.Pool({ ...config, max: CONNECTIONS });
  // the pool replaces a connection that breaks, idle or in a transaction; without a listener its error would end the
  // thread, and the rows in it would be lost
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  try {
    const client = await pool.connect();
    await migratePostgres(client).finally(() => client.release());
  } catch (error) {
    await pool.end();
    throw error;
  }

  const rows = new PostgresControl(pool, now);
  const listener = new ControlListener(config, { load: () => rows.load(), changed });
  const first = await rows.load();
  if (first) listener.knows(first.revision);
  await listener.start();

  const clock = new PostgresClock(retention.maxDays, now, monotonic);
  const holder = randomUUID();
  const control: ControlRows = {
    load: () => rows.load(),
    async save(next, change) {
      const saved = await rows.save(next, change);
      if (saved) listener.knows(next.revision);
      return saved;
    },
    audit: (limit, beforeId) => rows.audit(limit, beforeId),
    note: (change) => rows.note(change),
  };
  return {
    record: new PostgresWriter(pool, now),
    history: new PostgresReader(pool, now),
    comparison: new PostgresComparison(pool),
    documents: new PostgresDocuments(pool, now),
    control,
    leases: new PostgresLeases(pool),
    upkeep: {
      async probe() {
        await pool.query('UPDATE coppice.row_count SET rows = rows');
      },
      trim: () => trimPostgres(pool, retention, { holder, clock }),
      warning: () => clock.warning(pool),
    },
    async close() {
      await listener.stop();
      await pool.end();
    },
  };
}
