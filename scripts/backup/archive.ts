import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Names within an archive. */
export const inArchive = { database: 'coppice.db', token: 'admin-token', artifacts: 'artifacts' };

/** Packs a folder. `file` appears only when it is complete, and only its owner can read it. */
export function pack(folder: string, file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const partial = `${file}.partial`;
  try {
    tar(['-czf', partial, '-C', folder, '.'], `${file} cannot be written`);
    chmodSync(partial, 0o600);
    renameSync(partial, file);
  } finally {
    rmSync(partial, { force: true });
  }
}

/** Unpacks a backup into a new folder, which it deletes after `use`. Throws if the file is not a backup. */
export async function withUnpacked<T>(file: string, use: (folder: string) => Promise<T>): Promise<T> {
  if (!existsSync(file)) throw new Error(`no such file: ${file}`);
  return withFolder(async (folder) => {
    tar(['-xzf', file, '-C', folder], `${file} is not an archive`);
    if (!existsSync(join(folder, inArchive.database)))
      throw new Error(`${file} is not a backup: it holds no ${inArchive.database}`);
    return use(folder);
  });
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

function tar(args: string[], failure: string): void {
  const { status, stderr, error } = spawnSync('tar', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${failure}: ${error?.message ?? stderr.trim().split('\n')[0]}`);
}
