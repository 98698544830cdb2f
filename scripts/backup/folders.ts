import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { backupSqlite } from '@coppice/gateway/storage/sqlite/backup-sqlite';
import { makePrivate } from '@coppice/serverkit';
import { inArchive, pack, withFolder, withUnpacked } from './archive.ts';
import { restoreSqlite } from './restore-sqlite.ts';

export type Folders = { dataDir: string; artifacts: string };

/** Folders of `npm start`'s data. Throws when the record is not in a file. */
export function foldersOf(env: Record<string, string | undefined>): Folders {
  if (env.DATABASE_URL) throw new Error('the record is in PostgreSQL (DATABASE_URL): use pg_dump and pg_restore');
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const userFolder = env.INIT_CWD ?? process.cwd();
  return {
    dataDir: resolve(userFolder, env.DATA_DIR?.trim() || join(root, 'data')),
    artifacts: resolve(userFolder, env.ARTIFACTS_DIR?.trim() || join(root, 'artifacts')),
  };
}

/** Writes the archive `file`; a gateway may be running. */
export function backUpFolders({ dataDir, artifacts }: Folders, file: string): Promise<{ rows: number }> {
  return withFolder(async (folder) => {
    await backupSqlite(join(dataDir, inArchive.database), join(folder, inArchive.database));
    const token = join(dataDir, inArchive.token);
    if (existsSync(token)) cpSync(token, join(folder, inArchive.token));
    // a linked folder of models becomes a plain one: restoring takes no links
    cpSync(artifacts, join(folder, inArchive.artifacts), { recursive: true, dereference: true });
    await pack(folder, file);
    return { rows: countPredictions(join(folder, inArchive.database)) };
  });
}

/** Replaces the present state with the archive's; a running gateway continues with the restored rows. */
export function restoreFolders({ dataDir, artifacts }: Folders, file: string): Promise<void> {
  return withUnpacked(file, async (folder) => {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    await restoreSqlite(join(folder, inArchive.database), join(dataDir, inArchive.database));
    // the weights of the backup count, not the last ones
    rmSync(join(dataDir, 'intent.json'), { force: true });
    const token = join(folder, inArchive.token);
    if (existsSync(token)) {
      makePrivate(join(dataDir, inArchive.token));
      cpSync(token, join(dataDir, inArchive.token));
    }
    replaceFolder(join(folder, inArchive.artifacts), artifacts);
  });
}

export function countPredictions(database: string): number {
  const db = new DatabaseSync(database, { readOnly: true });
  try {
    return Number(db.prepare('SELECT count(*) AS n FROM prediction').get()?.n);
  } finally {
    db.close();
  }
}

function replaceFolder(from: string, to: string): void {
  const [next, last] = [`${to}.next`, `${to}.last`];
  for (const old of [next, last]) rmSync(old, { recursive: true, force: true });
  cpSync(from, next, { recursive: true });
  if (existsSync(to)) renameSync(to, last);
  renameSync(next, to);
  rmSync(last, { recursive: true, force: true });
}
