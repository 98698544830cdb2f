import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DatabaseInUseError } from '../port/errors.ts';

/** A gateway that stops may hold the lock for a moment while the next one starts. */
const WAIT_MS = 2_000;
const SQLITE_BUSY = 5;

/**
 * Takes the folder of a database for one gateway. The lock is SQLite's own, on a file without content: the system releases it
 * when the process ends, however it ends, and containers that share the volume see it. Throws `DatabaseInUseError`.
 */
export function lockFolder(database: string): { release(): void } {
  const folder = dirname(database);
  const holder = join(folder, 'gateway.pid');
  mkdirSync(folder, { recursive: true });
  const lock = new DatabaseSync(join(folder, 'gateway.lock'), { timeout: WAIT_MS });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if ((error as { errcode?: number }).errcode !== SQLITE_BUSY) throw error;
    throw new DatabaseInUseError(
      `${readHolder(holder)} uses it: stop that one, give this one another DATA_DIR, or use DATABASE_URL`,
    );
  }
  try {
    writeFileSync(holder, `process ${process.pid} on ${hostname()}\n`);
  } catch {
    // a full disk: the lock holds without it
  }
  return { release: () => lock.close() };
}

function readHolder(file: string): string {
  try {
    return `another gateway (${readFileSync(file, 'utf8').trim().slice(0, 200)})`;
  } catch {
    return 'another gateway';
  }
}
