import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { backupSqlite } from '@coppice/gateway/storage/sqlite/backup-sqlite';
import { registryPlace } from '@coppice/registry/registry-place';
import { makePrivate } from '@coppice/serverkit';
import { inArchive, pack, withFolder, withUnpacked } from './archive.ts';
import { archiveMlflow, restoreMlflow } from './mlflow.ts';
import { archiveRegistry, restoreRegistry } from './registry.ts';
import { restoreSqlite } from './restore-sqlite.ts';
import { Stopwatch } from './stopwatch.ts';

/** `registry` may be in S3, or a folder within `artifacts`. `mlflow`: the folder of an MLflow server's state, if there is one. */
export type Folders = { dataDir: string; artifacts: string; registry: string; mlflow: string | null };

/** Folders of `npm start`'s data. Throws when the record is not in a file. */
export function foldersOf(env: Record<string, string | undefined>): Folders {
  if (env.DATABASE_URL) throw new Error('the record is in PostgreSQL (DATABASE_URL): use pg_dump and pg_restore');
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const userFolder = env.INIT_CWD ?? process.cwd();
  const mlflow = env.MLFLOW_DIR?.trim();
  const artifacts = resolve(userFolder, env.ARTIFACTS_DIR?.trim() || join(root, 'artifacts'));
  return {
    dataDir: resolve(userFolder, env.DATA_DIR?.trim() || join(root, 'data')),
    artifacts,
    registry: registryPlace(env.REGISTRY_URL?.trim() || join(artifacts, 'registry'), userFolder),
    mlflow: mlflow ? resolve(userFolder, mlflow) : null,
  };
}

/** What a backup holds, and lines about what a person should know. */
export type Saved = { rows: number; notes: string[] };

/** Writes the archive `file`; a gateway may be running. */
export function backUpFolders({ dataDir, artifacts, registry, mlflow }: Folders, file: string): Promise<Saved> {
  return withFolder(async (folder) => {
    await backupSqlite(join(dataDir, inArchive.database), join(folder, inArchive.database));
    const token = join(dataDir, inArchive.token);
    if (existsSync(token)) cpSync(token, join(folder, inArchive.token));
    // a linked folder of models becomes a plain one: restoring takes no links
    const filter = (path: string) => path !== registry;
    cpSync(artifacts, join(folder, inArchive.artifacts), { recursive: true, dereference: true, filter });
    const notes = [...(await archiveRegistry(registry, folder)), ...(await archiveMlflow(mlflow, folder))];
    await pack(folder, file);
    return { rows: countPredictions(join(folder, inArchive.database)), notes };
  });
}

/**
 * Replaces the present state with the archive's; a running gateway continues with the restored rows. Returns lines about what
 * a person should know.
 */
export function restoreFolders(
  { dataDir, artifacts, registry, mlflow }: Folders,
  file: string,
  watch = new Stopwatch(),
): Promise<string[]> {
  return withUnpacked(file, async (folder) => {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    await watch.part('record', () =>
      restoreSqlite(join(folder, inArchive.database), join(dataDir, inArchive.database)),
    );
    // the weights of the backup count, not the last ones
    rmSync(join(dataDir, 'intent.json'), { force: true });
    const token = join(folder, inArchive.token);
    if (existsSync(token)) {
      makePrivate(join(dataDir, inArchive.token));
      cpSync(token, join(dataDir, inArchive.token));
    }
    const notes = await watch.part('releases', () => restoreRegistry(folder, registry));
    await watch.part('models', () => replaceVersions(join(folder, inArchive.artifacts), artifacts));
    return [...notes, ...(await watch.part('MLflow', () => restoreMlflow(folder, mlflow)))];
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

/** Replaces all but a registry, which may have been there before, or just been restored. */
function replaceVersions(from: string, to: string): void {
  const named = (folder: string) => readdirSync(folder).filter((name) => name !== 'registry');
  mkdirSync(to, { recursive: true });
  for (const name of named(from)) replaceFolder(join(from, name), join(to, name));
  for (const name of named(to)) if (!existsSync(join(from, name))) rmSync(join(to, name), { recursive: true });
}

function replaceFolder(from: string, to: string): void {
  const [next, last] = [`${to}.next`, `${to}.last`];
  for (const old of [next, last]) rmSync(old, { recursive: true, force: true });
  cpSync(from, next, { recursive: true });
  if (existsSync(to)) renameSync(to, last);
  renameSync(next, to);
  rmSync(last, { recursive: true, force: true });
}
