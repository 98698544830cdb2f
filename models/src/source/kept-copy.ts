import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readArtifact } from '../model/read-artifact.ts';
import type { Artifact } from './model-source.ts';

const pointer = z.object({ release: z.int().positive(), folder: z.string().regex(/^[\w-]+$/) });
const POINTER = 'kept.json';

/** The last release that was served, on this server's own disk, for a start while the registry is away. */
export class KeptCopy {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Null when there is none that is whole. */
  async read(): Promise<{ release: number; read(): Promise<Artifact> } | null> {
    try {
      const { release, folder } = pointer.parse(JSON.parse(await readFile(join(this.#folder, POINTER), 'utf8')));
      return { release, read: () => readArtifact(join(this.#folder, folder)) };
    } catch {
      return null;
    }
  }

  /** Replaces the copy: it is the old one until the new one is whole. */
  async keep(release: number, { card, onnx }: Artifact): Promise<void> {
    const folder = `${release}-${card.artifact.sha256.slice(0, 12)}`;
    const place = join(this.#folder, folder);
    // writing over a whole copy could leave half of one
    if (await this.#has(release, place)) return;
    await mkdir(place, { recursive: true });
    await writeFile(join(place, card.artifact.file), onnx);
    await writeFile(join(place, 'model-card.json'), JSON.stringify(card));
    const staged = join(this.#folder, `.${POINTER}-${process.pid}`);
    await writeFile(staged, JSON.stringify({ release, folder }));
    await rename(staged, join(this.#folder, POINTER));
    for (const name of await readdir(this.#folder))
      if (/^\d+-/.test(name) && name !== folder) await rm(join(this.#folder, name), { recursive: true, force: true });
  }

  async #has(release: number, place: string): Promise<boolean> {
    const kept = await this.read();
    if (kept?.release !== release) return false;
    return readArtifact(place).then(
      () => true,
      () => false,
    );
  }
}
