import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { makePrivate } from '@coppice/serverkit/private-files';

const PAGES_PER_STEP = 1_000;

type Options = {
  /** Called after each step; pages of 4 KiB. */
  onProgress?: (copied: number, total: number) => void;
};

/**
 * Copies the present state of the record's database to a new file, while a gateway may write to it. `target` appears
 * only when it is complete, and at no time can others read it. Throws if `source` does not exist or is not a database.
 */
export async function backupSqlite(source: string, target: string, { onProgress }: Options = {}): Promise<void> {
  if (!existsSync(source)) throw new Error(`no such database: ${source}`);
  mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
  const partial = `${target}.partial`;
  const db = new DatabaseSync(source, { readOnly: true, timeout: 5_000 });
  try {
    // a backup starts over whenever another connection writes, which a busy gateway does ten times per second; in a read
    // transaction it stays at one moment
    db.exec('BEGIN');
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    makePrivate(partial);
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

/** Makes the copy a single file without a WAL, and checks it. */
function finish(file: string): void {
  const db = new DatabaseSync(file);
  try {
    db.exec('PRAGMA journal_mode = DELETE');
    const { quick_check: check } = db.prepare('PRAGMA quick_check').get() as { quick_check: string };
    if (check !== 'ok') throw new Error(`the copy is corrupt: ${check}`);
  } finally {
    db.close();
  }
}
