import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelIdentity } from '../model/identity.ts';
import { ArtifactError, CARD_FILE, readArtifact } from '../model/read-artifact.ts';
import type { Artifact, ModelSource, Wanted } from './model-source.ts';

/** The folder of one version. An artifact replaced in place is loaded at the next start. */
export class FolderSource implements ModelSource {
  readonly follows = false;
  readonly #folder: string;
  readonly #identity: ModelIdentity;

  constructor(folder: string, identity: ModelIdentity) {
    this.#folder = folder;
    this.#identity = identity;
  }

  async find(): Promise<Wanted> {
    const file = (name: string) => this.#file(name);
    return { key: await this.#fingerprint(), release: null, read: () => this.#read(), file, warning: null };
  }

  async #read(): Promise<Artifact> {
    const { modelName, modelVersion } = this.#identity;
    const artifact = await readArtifact(this.#folder);
    const { name, version } = artifact.card;
    if (name !== modelName || version !== modelVersion)
      throw new ArtifactError(
        `${CARD_FILE} in ${this.#folder} describes ${name} ${version}: this server serves ${modelName} ${modelVersion}`,
      );
    return artifact;
  }

  async #file(name: string): Promise<Uint8Array | null> {
    try {
      return await readFile(join(this.#folder, name));
    } catch (cause) {
      if (['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '')) return null;
      throw cause;
    }
  }

  /** Changes when any file of the folder does, so that an invalid artifact is not read again every second. */
  async #fingerprint(): Promise<string> {
    const names = await readdir(this.#folder).catch(() => []);
    const parts = names.sort().map(async (name) => {
      const found = await stat(join(this.#folder, name)).catch(() => undefined);
      return `${name} ${found?.ino} ${found?.size} ${found?.mtimeMs} ${found?.ctimeMs}`;
    });
    return (await Promise.all(parts)).join('\n');
  }
}
