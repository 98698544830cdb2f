import pg, { type PoolConfig } from 'pg';
import type { Retention } from '../../record/record-config.ts';
import type { AuditedChange, ControlState } from '../port/control-store.ts';
import type { RecordReader, RecordWriter } from '../port/record-store.ts';
import { ControlListener } from './control-listener.ts';
import { PostgresControl } from './postgres-control.ts';
import { migratePostgres } from './postgres-migrations.ts';
import { PostgresReader } from './postgres-reader.ts';
import { trimPostgres } from './postgres-trim.ts';
import { PostgresWriter } from './postgres-writer.ts';

/** One for writing, one for trimming, two for reading. */
const CONNECTIONS = 4;

/** Opens the record in PostgreSQL. It finds its way back by itself after an outage: no call leaves it broken. */
export async function openPostgres(
  url: string,
  retention: Retention,
  changed: (state: ControlState) => void,
): Promise<RecordWriter & RecordReader> {
  // counts and milliseconds fit a double; pg gives bigint as text
  pg.types.setTypeParser(pg.types.builtins.INT8, Number);
  const config: PoolConfig = {
    connectionString: url,
    connectionTimeoutMillis: 3_000,
    query_timeout: 15_000,
    keepAlive: true,
    application_name: 'coppice',
  };
  const pool = new pg.Pool({ ...config, max: CONNECTIONS });
  // a connection that breaks, idle or in the middle of a transaction, is replaced by the pool; without a listener its
  // error would end the thread, and the rows that it holds with it
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  try {
    const client = await pool.connect();
    await migratePostgres(client).finally(() => client.release());
  } catch (error) {
    await pool.end();
    throw error;
  }

  const writer = new PostgresWriter(pool);
  const reader = new PostgresReader(pool);
  const control = new PostgresControl(pool);
  const listener = new ControlListener(config, { load: () => control.load(), changed });
  const first = await control.load();
  if (first) listener.knows(first.revision);
  await listener.start();

  return {
    async probe() {
      await pool.query('UPDATE coppice.row_count SET rows = rows');
    },
    write: (message) => writer.write(message),
    addFeedback: (items) => writer.addFeedback(items),
    trim: () => trimPostgres(pool, retention, Date.now()),
    loadControl: () => control.load(),
    async saveControl(next: ControlState, change: AuditedChange) {
      const saved = await control.save(next, change);
      if (saved) listener.knows(next.revision);
      return saved;
    },
    audit: (limit, beforeId) => control.audit(limit, beforeId),
    history: (query) => reader.history(query),
    find: (id) => reader.find(id),
    exportPage: (query, cursor, schema) => reader.exportPage(query, cursor, schema),
    performance: (since, until, classes) => reader.performance(since, until, classes),
    recent: (n) => reader.recent(n),
    async close() {
      await listener.stop();
      await pool.end();
    },
  };
}
