import type { ControlState } from '../port/control-store.ts';
import type { Stores } from '../port/database.ts';
import type { StorageConfig } from '../port/storage-config.ts';

export type DatabaseOptions = StorageConfig & {
  /** Which stores are wanted: SQLite has them on two connections, PostgreSQL on one pool. */
  role: 'write' | 'read' | 'both';
  /** Calls may overlap: for a database whose calls are atomic by themselves. */
  concurrent: boolean;
};

export type OpenDatabase = Partial<Stores> & { close(): void | Promise<void> };

/** Opens the configured database, in the thread that stands beside it; `changed` reports control states that other gateways saved. */
export async function openDatabase(
  { database, retention, role }: DatabaseOptions,
  changed: (state: ControlState) => void,
): Promise<OpenDatabase> {
  if (database.kind === 'postgres') {
    const { openPostgres } = await import('../postgres/open-postgres.ts');
    return openPostgres(database.url, retention, changed);
  }
  const { openSqlite, openSqliteForReading } = await import('../sqlite/open-sqlite.ts');
  return role === 'read' ? openSqliteForReading(database.file) : openSqlite(database.file, retention);
}
