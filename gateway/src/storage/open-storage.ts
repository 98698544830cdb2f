import { ConfigError } from '@coppice/serverkit';
import type { Logger } from 'pino';
import { DatabaseHealth } from './database-health.ts';
import { IntentFile } from './intent-file.ts';
import { Leases } from './leases.ts';
import { LinkedControlStore } from './linked-control-store.ts';
import type { ControlStore } from './port/control-store.ts';
import { DatabaseInUseError, NewerSchemaError } from './port/errors.ts';
import type { StorageConfig } from './port/storage-config.ts';
import { type StoreLink, WorkerLink } from './worker/worker-link.ts';

/** The one database of a gateway: its stores, and whether it can be written. */
export type Storage = {
  writer: StoreLink<'record' | 'documents' | 'control' | 'upkeep'>;
  reader: StoreLink<'history' | 'comparison'>;
  control: ControlStore;
  leases: Leases;
  health: DatabaseHealth;
  /** Other gateways may use it too. */
  shared: boolean;
  close(): Promise<void>;
};

type Dependencies = {
  log: Pick<Logger, 'info' | 'warn'>;
  /** Called at the start and at every change. */
  onWritable(writable: boolean): void;
};

/**
 * Opens the database. Throws `ConfigError` if it has a newer schema, or another gateway has its file. If it cannot be opened at all, the gateway serves
 * with a warning and retries every second.
 */
export async function openStorage(config: StorageConfig, { log, onWritable }: Dependencies): Promise<Storage> {
  const sqlite = config.database.kind === 'sqlite';
  const health = new DatabaseHealth({ log, onWritable });
  const writer = new WorkerLink(
    { ...config, role: sqlite ? 'write' : 'both', concurrent: !sqlite },
    {
      changed: (state) => control.changed(state),
      warning: (warning) => health.note('clock', warning),
    },
  );
  const reader = sqlite ? new WorkerLink({ ...config, role: 'read', concurrent: false }) : writer;
  // with PostgreSQL its row is the truth: another gateway may have changed it meanwhile
  const intentFile = config.database.kind === 'sqlite' ? new IntentFile(config.database.file) : null;
  const control = new LinkedControlStore(writer, health, intentFile);
  const close = async () => {
    health.stop();
    // the writer last: it moves the WAL into the database, which a reader could keep it from
    await reader.close();
    await writer.close();
  };
  try {
    await writer.call('upkeep', 'probe', []);
    health.succeeded();
  } catch (error) {
    if (error instanceof NewerSchemaError || error instanceof DatabaseInUseError) {
      await close();
      throw new ConfigError(
        `the record's database (${config.database.kind === 'sqlite' ? config.database.file : 'DATABASE_URL'}) cannot be used: ${error.message}`,
        { cause: error },
      );
    }
    health.failed(error as Error);
  }
  return { writer, reader, control, leases: new Leases(writer), health, shared: !sqlite, close };
}
