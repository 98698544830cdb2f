import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { ModelIdentity } from './identity.ts';
import { loadModel } from './load-model.ts';
import type { Model } from './model.ts';
import { ArtifactError, CARD_FILE, readArtifact } from './read-artifact.ts';

type Options = ModelIdentity & {
  /** Folder that holds `model.onnx` and `model-card.json`. */
  modelDir: string;
  log: Pick<Logger, 'info' | 'error'>;
  /** Milliseconds between two tries to load an artifact. */
  retryMs?: number;
};

export type ModelStatus = { ready: true; model: Model } | { ready: false; reason: string };

/**
 * Holds the version's model. While its artifact cannot be loaded, retries until it can, and logs each new reason once.
 * A loaded model stays: an artifact replaced in place is loaded at the next start.
 */
export class ModelHost {
  #status: ModelStatus = { ready: false, reason: 'the model is loading' };
  readonly #options: Options;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #seen: string | undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  get status(): ModelStatus {
    return this.#status;
  }

  /** Tries once and resolves after that try, whether it succeeds or fails; goes on trying in the background. */
  async start(): Promise<void> {
    const seen = await this.#fingerprint();
    if (seen !== this.#seen) await this.#load();
    this.#seen = seen;
    if (this.#status.ready || this.#stopped) return;
    this.#timer = setTimeout(() => void this.start(), this.#options.retryMs ?? 1000).unref();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async #load(): Promise<void> {
    const { log, modelDir, modelName, modelVersion } = this.#options;
    try {
      const { card, onnx } = await readArtifact(modelDir);
      if (card.name !== modelName || card.version !== modelVersion)
        throw new ArtifactError(
          `${CARD_FILE} in ${modelDir} describes ${card.name} ${card.version}: this server serves ${modelName} ${modelVersion}`,
        );
      this.#status = { ready: true, model: await loadModel(card, onnx) };
      log.info({ model: modelName, version: modelVersion, sha256: card.artifact.sha256 }, 'model ready');
    } catch (error) {
      const reason = error instanceof ArtifactError ? error.message : `the model cannot be loaded: ${error}`;
      if (this.#status.ready || this.#status.reason === reason) return;
      this.#status = { ready: false, reason };
      log.error({ model: modelName, version: modelVersion }, `not ready: ${reason}`);
    }
  }

  /** Changes when any file of the folder does, so that an invalid artifact is not read again every second. */
  async #fingerprint(): Promise<string> {
    const { modelDir } = this.#options;
    const names = await readdir(modelDir).catch(() => []);
    const parts = names.sort().map(async (name) => {
      const found = await stat(join(modelDir, name)).catch(() => undefined);
      return `${name} ${found?.ino} ${found?.size} ${found?.mtimeMs} ${found?.ctimeMs}`;
    });
    return (await Promise.all(parts)).join('\n');
  }
}
