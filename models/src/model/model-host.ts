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
  /** Milliseconds between two looks at an artifact that could not be loaded. */
  retryMs?: number;
};

export type ModelStatus = { ready: true; model: Model } | { ready: false; reason: string };

/**
 * Holds the version's model. While its artifact cannot be used, looks again until it can; each new reason is logged
 * once. What is loaded stays: an artifact replaced in place is taken at the next start.
 */
export class ModelHost {
  #status: ModelStatus = { ready: false, reason: 'the model is being loaded' };
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

  /** Tries once; resolves when that try has ended, whichever way, and goes on trying in the background. */
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
          `${CARD_FILE} in ${modelDir} is of ${card.name} ${card.version}: this server is of ${modelName} ${modelVersion}`,
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

  /** Changes when any file of the folder does, so that a bad artifact is not read again every second. */
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
