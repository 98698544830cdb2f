import type { Database } from '../port/database.ts';
import type { LeaseStore } from '../port/lease-store.ts';
import type { Retention } from '../port/storage-config.ts';
import { connectForReading, connectForWriting } from './connect.ts';
import { lockFolder } from './lock-folder.ts';
import { SqliteCells } from './sqlite-cells.ts';
import { SqliteComparison } from './sqlite-comparison.ts';
import { SqliteControl } from './sqlite-control.ts';
import { SqliteDocuments } from './sqlite-documents.ts';
import { SqliteReader } from './sqlite-reader.ts';
import { SqliteTrim } from './sqlite-trim.ts';
import { SqliteWriter } from './sqlite-writer.ts';
import { transaction } from './transaction.ts';

/** A file belongs to one gateway, which may run every job. */
const soleHolder: LeaseStore = { hold: () => true, release: () => {} };

/** Opens the writing stores of a SQLite file, creating and migrating it as needed. */
export function openSqlite(
  file: string,
  retention: Retention,
  now: () => number = Date.now,
  monotonic: () => number = () => performance.now(),
): Database<'record' | 'control' | 'documents' | 'leases' | 'upkeep'> {
  const lock = lockFolder(file);
  const db = connectLocked(file, lock);
  const probe = db.prepare('UPDATE row_count SET rows = rows');
  const cells = new SqliteCells(db);
  const trim = new SqliteTrim(db, retention, { now, monotonic }, () => cells.forget());
  return {
    record: new SqliteWriter(db, cells, now),
    control: new SqliteControl(db, now),
    documents: new SqliteDocuments(db, now),
    leases: soleHolder,
    upkeep: {
      probe: () => void probe.run(),
      trim: () => transaction(db, () => trim.step()),
      warning: () => trim.warning(),
    },
    close() {
      // if another program reads the file, SQLite leaves the WAL at the close: then it is at least empty
      try {
        db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      } finally {
        db.close();
        lock.release();
      }
    },
  };
}

function connectLocked(file: string, lock: ReturnType<typeof lockFolder>) {
  try {
    return connectForWriting(file);
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Opens the reading stores of a SQLite file, over a separate connection. */
export function openSqliteForReading(file: string, now: () => number = Date.now): Database<'history' | 'comparison'> {
  const db = connectForReading(file);
  return { history: new SqliteReader(db, now), comparison: new SqliteComparison(db), close: () => db.close() };
}
