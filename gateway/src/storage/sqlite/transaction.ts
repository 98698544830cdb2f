import type { DatabaseSync } from 'node:sqlite';

/** Runs `work` in one transaction: all of it or nothing. */
export function transaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    // SQLite has rolled back by itself after some errors, such as a full disk
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}
