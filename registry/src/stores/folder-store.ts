import { randomUUID } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { link, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { type ObjectStore, type StoredObject, StoreUnavailableError } from './object-store.ts';

/** Files that are being written; a crash leaves them behind, and no list shows them. */
const STAGED = '.staged-';
/** Older ones are no longer being written. */
const STALE_MS = 3_600_000;

/** A folder, on a volume that all processes of one host share. It needs hard links, as every file system of Linux and macOS has. */
export class FolderStore implements ObjectStore {
  readonly place: string;

  constructor(folder: string) {
    this.place = folder;
  }

  create(key: string, bytes: Uint8Array): Promise<boolean> {
    return this.#write(key, bytes, async (staged, file) => {
      try {
        // a rename would replace what another process has just created
        await link(staged, file);
        return true;
      } catch (error) {
        if (codeOf(error) === 'EEXIST') return false;
        throw error;
      }
    });
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    await this.#write(key, bytes, async (staged, file) => {
      await rename(staged, file);
      return true;
    });
  }

  async read(key: string): Promise<Uint8Array | null> {
    return this.#unless(['ENOENT', 'ENOTDIR'], null, () => readFile(this.#fileOf(key)));
  }

  async list(prefix: string, after = ''): Promise<StoredObject[]> {
    const folder = dirname(`${prefix}x`);
    const root = join(this.place, folder === '.' ? '' : folder);
    const entries = await this.#unless(['ENOENT', 'ENOTDIR'], [], () =>
      readdir(root, { recursive: true, withFileTypes: true }),
    );
    const keys = entries
      .filter((entry) => entry.isFile() && !entry.name.startsWith(STAGED))
      .map((entry) => relative(this.place, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .filter((key) => key.startsWith(prefix) && key > after)
      .sort((a, b) => (a < b ? -1 : 1));
    const found = await Promise.all(
      keys.map((key) =>
        // another process may have removed it meanwhile
        this.#unless(['ENOENT'], null, async () => ({ key, modified: (await stat(this.#fileOf(key))).mtimeMs })),
      ),
    );
    return found.filter((one) => one !== null);
  }

  async remove(key: string): Promise<void> {
    await this.#unless([], undefined, () => rm(this.#fileOf(key), { force: true }));
  }

  /** Removes what crashed writers left behind. */
  async clean(now = Date.now()): Promise<void> {
    const entries = await this.#unless(['ENOENT'], [], () =>
      readdir(this.place, { recursive: true, withFileTypes: true }),
    );
    for (const entry of entries) {
      if (!entry.isFile() || !entry.name.startsWith(STAGED)) continue;
      const file = join(entry.parentPath, entry.name);
      const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: now }));
      if (now - mtimeMs > STALE_MS) await rm(file, { force: true });
    }
  }

  /** Writes and syncs a file of its own first, and lets `place` give it its name. */
  #write(key: string, bytes: Uint8Array, place: (staged: string, file: string) => Promise<boolean>): Promise<boolean> {
    return this.#unless([], false, async () => {
      const file = this.#fileOf(key);
      const folder = dirname(file);
      await mkdir(folder, { recursive: true });
      const staged = join(folder, `${STAGED}${randomUUID()}`);
      try {
        await using handle = await open(staged, 'wx', 0o644);
        await handle.writeFile(bytes);
        await handle.sync();
        const placed = await place(staged, file);
        if (placed) await syncFolder(folder);
        return placed;
      } finally {
        await rm(staged, { force: true });
      }
    });
  }

  #fileOf(key: string): string {
    return join(this.place, ...key.split('/'));
  }

  /** What `work` resolves to, or `instead` after an error of one of these codes. */
  async #unless<T, U>(codes: readonly string[], instead: U, work: () => Promise<T>): Promise<T | U> {
    try {
      return await work();
    } catch (cause) {
      if (codes.includes(codeOf(cause))) return instead;
      throw new StoreUnavailableError(`${this.place}: ${(cause as Error).message}`, { cause });
    }
  }
}

/** So that a power cut does not take a name back. */
async function syncFolder(folder: string): Promise<void> {
  // Windows cannot sync a folder
  if (process.platform === 'win32') return;
  let handle: FileHandle | undefined;
  try {
    handle = await open(folder, 'r');
    await handle.sync();
  } finally {
    await handle?.close();
  }
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code ?? '';
