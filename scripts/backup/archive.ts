import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, win32 } from 'node:path';
import { create, extract, list, type ReadEntry } from 'tar';

/** Names within an archive. */
export const inArchive = {
  ...{ database: 'coppice.db', token: 'admin-token', artifacts: 'artifacts', registry: 'registry', mlflow: 'mlflow' },
};

/** Packs a folder. `file` appears only when it is complete, and at no time can others read it. */
export async function pack(folder: string, file: string): Promise<void> {
  const partial = `${file}.partial`;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    rmSync(partial, { force: true });
    await create({ gzip: true, file: partial, cwd: folder, mode: 0o600, strict: true }, ['.']);
    renameSync(partial, file);
  } catch (cause) {
    throw new Error(`${file} cannot be written: ${(cause as Error).message}`, { cause });
  } finally {
    rmSync(partial, { force: true });
  }
}

/** Unpacks a backup into a new folder, which it deletes after `use`. Throws if the file is not a backup. */
export async function withUnpacked<T>(file: string, use: (folder: string) => Promise<T>): Promise<T> {
  if (!existsSync(file)) throw new Error(`no such file: ${file}`);
  return withFolder(async (folder) => {
    await unpack(file, folder);
    if (!existsSync(join(folder, inArchive.database)))
      throw new Error(`${file} is not a backup: it holds no ${inArchive.database}`);
    return use(folder);
  });
}

/**
 * Unpacks plain files and folders, for their owner alone whatever modes the archive has. Throws before it writes anything
 * if the archive holds something else, such as a link, or a name that leaves the folder.
 */
export async function unpack(file: string, folder: string): Promise<void> {
  let refused: string | undefined;
  try {
    await list({ file, strict: true, onReadEntry: (entry) => (refused ??= reasonToRefuse(entry)) });
  } catch (cause) {
    throw new Error(`${file} is not an archive: ${(cause as Error).message}`, { cause });
  }
  if (refused) throw new Error(`${file} is not restored: ${refused}`);
  await extract({
    file,
    cwd: folder,
    strict: true,
    preserveOwner: false,
    filter: (_path, entry) => reasonToRefuse(entry as ReadEntry) === undefined,
    onReadEntry: (entry) => {
      entry.mode = entry.type === 'Directory' ? 0o700 : 0o600;
    },
  });
}

function reasonToRefuse({ path, type }: ReadEntry): string | undefined {
  if (type !== 'File' && type !== 'OldFile' && type !== 'Directory')
    return `${path} is a ${type}; a backup holds plain files and folders only`;
  if (win32.isAbsolute(path) || /^[a-z]:/i.test(path) || path.split(/[\\/]/).includes('..'))
    return `${path} lies outside the folder of the backup`;
  return undefined;
}

export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'coppice-backup-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a program to its end. Throws with its error output. */
export function execute(command: string, args: string[], stdio: { from?: number; to?: number } = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: [stdio.from ?? 'ignore', stdio.to ?? 'pipe', 'pipe'] });
    let output = '';
    let errors = '';
    child.stdout?.on('data', (text) => {
      output += text;
    });
    child.stderr?.on('data', (text) => {
      errors += text;
    });
    child.on('error', (error) => reject(new Error(`${command} could not be started (${error.message})`)));
    child.on('close', (status) =>
      status === 0
        ? resolve(output)
        : reject(new Error(`${command} ${args.slice(0, 3).join(' ')} failed: ${errors.trim()}`)),
    );
  });
}
