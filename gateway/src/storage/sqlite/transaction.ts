import type { DatabaseSync } from 'node:sqlite';

/** Runs `work` in one transaction, all or nothing. `DEFERRED` is for reading only: it takes no lock on writing. */
export function transaction<T>(db: DatabaseSync, work: () => T, mode: 'IMMEDIATE' | 'DEFERRED' = 'IMMEDIATE'): T {
  db.exec(`BEGIN ${mode}`);
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    // after some errors, such as a full disk, SQLite has already rolled back
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}
