import { ConfigError } from '@coppice/serverkit';
import type { Logger } from 'pino';
import { DatabaseHealth } from '../storage/database-health.ts';
import { LinkedControlStore } from '../storage/linked-control-store.ts';
import type { ControlStore } from '../storage/port/control-store.ts';
import { NewerSchemaError, type Schema } from '../storage/port/record-store.ts';
import { WorkerLink } from '../storage/worker/worker-link.ts';
import { BufferedRecord } from './buffered-record.ts';
import type { PredictionRecord } from './record.ts';
import type { RecordConfig } from './record-config.ts';

export type RecordDependencies = {
  log: Pick<Logger, 'info' | 'warn'>;
  /** Names from the model card; null until one is known. */
  schema(): Schema;
  /** Rows that were given up: the queue was full, or the process ended while the database was away. */
  onDropped(rows: number): void;
  /** Told at the start and at every change. */
  onWritable(writable: boolean): void;
};

/**
 * Opens the record and the control store over one database. Throws `ConfigError` when that has a newer schema; when it
 * cannot be opened at all, serving goes on with a warning and it is tried every second. `record.close()` ends both.
 */
export async function openRecord(
  config: RecordConfig,
  { log, schema, onDropped, onWritable }: RecordDependencies,
): Promise<{ record: PredictionRecord; control: ControlStore }> {
  const { database, retention } = config;
  const sqlite = database.kind === 'sqlite';
  const health = new DatabaseHealth({ log, onWritable });
  const writer = new WorkerLink(
    { database, retention, role: sqlite ? 'write' : 'both', concurrent: !sqlite },
    (state) => control.changed(state),
  );
  const reader = sqlite ? new WorkerLink({ database, retention, role: 'read', concurrent: false }) : writer;
  const control = new LinkedControlStore(writer, health);
  const record = new BufferedRecord(config, { writer, reader, health, schema, onDropped });
  try {
    await writer.call('probe', []);
    health.succeeded();
  } catch (error) {
    if (error instanceof NewerSchemaError) {
      await record.close();
      throw new ConfigError(
        `the record's database (${sqlite ? database.file : 'DATABASE_URL'}) cannot be used: ${error.message}`,
        { cause: error },
      );
    }
    health.failed(error as Error);
  }
  return { record, control };
}
