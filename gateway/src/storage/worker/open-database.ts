import type { RecordConfig } from '../../record/record-config.ts';
import type { ControlState } from '../port/control-store.ts';
import type { RecordReader, RecordWriter } from '../port/record-store.ts';

export type StoreOptions = Pick<RecordConfig, 'database' | 'retention'> & {
  role: 'write' | 'read' | 'both';
  /** Calls may overlap: for a store whose calls are atomic by themselves. */
  concurrent: boolean;
};

/** Opens the database that is configured, in the worker that stands beside it; `changed` tells of other gateways' control states. */
export async function openStore(
  { database, retention, role }: StoreOptions,
  changed: (state: ControlState) => void,
): Promise<Partial<RecordWriter> & Partial<RecordReader> & { close(): void | Promise<void> }> {
  if (database.kind === 'postgres') {
    const { openPostgres } = await import('../postgres/open-postgres.ts');
    return openPostgres(database.url, retention, changed);
  }
  if (role === 'read') return new (await import('../sqlite/sqlite-reader.ts')).SqliteReader(database.file);
  return new (await import('../sqlite/sqlite-writer.ts')).SqliteWriter(database.file, retention);
}
