import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { backupSqlite } from '@coppice/gateway/storage/sqlite/backup-sqlite';
import { makePrivate } from '@coppice/serverkit';
import { inArchive } from './archive.ts';
import { restoreSqlite } from './restore-sqlite.ts';

/** In the folder of an MLflow server's state: runs and models, and who may log in. The second is there with a login only. */
export const mlflowDatabases = ['mlflow.db', 'login.db'];
const ARTIFACTS = 'artifacts';
const SESSION_KEY = 'session-key';

export const withoutMlflow = "the archive has MLflow's state, and no folder of it is named here: set MLFLOW_DIR";

/**
 * Puts an MLflow server's folder into the folder that becomes an archive, while the server runs: its database first, so that
 * the copy has the files of every run that it has. Returns lines about what a person should know.
 */
export async function archiveMlflow(dir: string | null, folder: string): Promise<string[]> {
  if (dir === null) return [];
  const to = join(folder, inArchive.mlflow);
  mkdirSync(to);
  const found = mlflowDatabases.filter((name) => existsSync(join(dir, name)));
  for (const name of found) await backupSqlite(join(dir, name), join(to, name));
  for (const name of [SESSION_KEY, ARTIFACTS])
    if (existsSync(join(dir, name))) cpSync(join(dir, name), join(to, name), { recursive: true, dereference: true });
  return found.includes('mlflow.db') ? [] : [`${dir} has no mlflow.db: a database elsewhere has a backup of its own`];
}

/**
 * Replaces an MLflow server's state by that of an unpacked archive, under a running server too; leaves it as it is where the
 * archive has none. Returns lines about what a person should know.
 */
export async function restoreMlflow(folder: string, dir: string | null): Promise<string[]> {
  const from = join(folder, inArchive.mlflow);
  if (!existsSync(from)) return [];
  if (dir === null) return [withoutMlflow];
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  for (const name of mlflowDatabases)
    if (existsSync(join(from, name))) await restoreSqlite(join(from, name), join(dir, name));
  if (existsSync(join(from, SESSION_KEY))) {
    makePrivate(join(dir, SESSION_KEY));
    cpSync(join(from, SESSION_KEY), join(dir, SESSION_KEY));
  }
  if (existsSync(join(from, ARTIFACTS))) replace(join(from, ARTIFACTS), join(dir, ARTIFACTS));
  return [];
}

/** Whole beside the old one first. */
function replace(from: string, to: string): void {
  const [next, last] = [`${to}.next`, `${to}.last`];
  for (const old of [next, last]) rmSync(old, { recursive: true, force: true });
  cpSync(from, next, { recursive: true });
  if (existsSync(to)) renameSync(to, last);
  renameSync(next, to);
  rmSync(last, { recursive: true, force: true });
}
