import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';

const PAGES_PER_STEP = 1_000;

type Options = {
  /** Told after each step; pages of 4 KiB. */
  onProgress?: (copied: number, total: number) => void;
};

/**
 * Copies the record's database, as it is at this moment, to a new file while a gateway writes to it. `target` appears only
 * when it is whole. Throws when `source` is not there or is no database.
 */
export async function backupSqlite(source: string, target: string, { onProgress }: Options = {}): Promise<void> {
  if (!existsSync(source)) throw new Error(`there is no database ${source}`);
  mkdirSync(dirname(target), { recursive: true });
  const partial = `${target}.partial`;
  const db = new DatabaseSync(source, { readOnly: true, timeout: 5_000 });
  try {
    // A backup starts over whenever another connection has written, which a busy gateway does ten times a second;
    // inside a read transaction it keeps to one moment.
    db.exec('BEGIN');
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    await backup(db, partial, {
      rate: PAGES_PER_STEP,
      progress: ({ totalPages, remainingPages }) => onProgress?.(totalPages - remainingPages, totalPages),
    });
    finish(partial);
    renameSync(partial, target);
  } finally {
    db.close();
    for (const file of [partial, `${partial}-wal`, `${partial}-shm`]) rmSync(file, { force: true });
  }
}

/** Makes the copy one file without a WAL beside it, and checks it. */
function finish(file: string): void {
  const db = new DatabaseSync(file);
  try {
    db.exec('PRAGMA journal_mode = DELETE');
    const { quick_check: check } = db.prepare('PRAGMA quick_check').get() as { quick_check: string };
    if (check !== 'ok') throw new Error(`the copy is not sound: ${check}`);
  } finally {
    db.close();
  }
}
