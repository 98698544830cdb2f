import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { makePrivate } from '@coppice/serverkit/private-files';
import { migrateSqlite, renewHistoryView } from './sqlite-migrations.ts';

const BUSY_MS = 5_000;

/**
 * Opens the database for writing, creating and migrating it as needed; only its owner can read it. WAL with `synchronous=NORMAL`: a killed process
 * loses no committed row and a power cut at worst the newest commits, and neither can corrupt the file
 * (sqlite.org/wal.html, "Performance Considerations").
 */
export function connectForWriting(file: string): DatabaseSync {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  // SQLite gives new WAL and SHM files the database's mode
  for (const one of [file, `${file}-wal`, `${file}-shm`]) if (one === file || existsSync(one)) makePrivate(one);
  const db = new DatabaseSync(file, { timeout: BUSY_MS });
  try {
    // a checkpoint per 16 MB instead of 4: fewer fsyncs, and the WAL is cut back after a long reader
    db.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      PRAGMA cache_size = -2000;
      PRAGMA wal_autocheckpoint = 4000;
      PRAGMA journal_size_limit = 67108864;
    `);
    migrateSqlite(db);
    renewHistoryView(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

export function connectForReading(file: string): DatabaseSync {
  const db = new DatabaseSync(file, { readOnly: true, timeout: BUSY_MS });
  db.exec('PRAGMA cache_size = -2000');
  return db;
}
