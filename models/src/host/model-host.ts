import type { Logger } from 'pino';
import type { ModelIdentity } from '../model/identity.ts';
import { loadModel } from '../model/load-model.ts';
import type { Model } from '../model/model.ts';
import { ArtifactError } from '../model/read-artifact.ts';
import type { ModelSource, Wanted } from '../source/model-source.ts';
import { SourceError } from '../source/model-source.ts';

type Options = ModelIdentity & {
  source: ModelSource;
  log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** Milliseconds between two looks at the source; default: the source's. */
  retryMs?: number;
  /** How long a release that cannot be served is left alone before it is read again; default: 30 s. */
  mendMs?: number;
};

const MEND_MS = 30_000;

export type ModelStatus =
  | {
      ready: true;
      model: Model;
      /** Number of the release, or null. */
      release: number | null;
      /** Another file of what is served; see `Wanted`. */
      file: Wanted['file'];
      /** What a person should know although it serves, or null. */
      warning: string | null;
    }
  | { ready: false; reason: string };

/**
 * Holds the model that the source wants. While that cannot be loaded, retries until it can, and logs each new reason once.
 * A source that is followed may want another one later: that is loaded and tried beside the old one, which answers until
 * then, and goes on answering if the new one cannot be served.
 */
export class ModelHost {
  #status: ModelStatus = { ready: false, reason: 'the model is loading' };
  readonly #options: Options;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  /** Of what was last loaded, or could not be. */
  #seen: string | undefined;
  #said: string | null = null;
  /** Why what the source wants cannot be served, while something else is. */
  #trouble: string | null = null;
  /** Whether what serves is a kept copy, of which a person should know. */
  #copied = false;
  /** When what the source wants could not be served, in milliseconds of a monotonic clock. */
  #brokenAt = Number.POSITIVE_INFINITY;

  constructor(options: Options) {
    this.#options = options;
  }

  get status(): ModelStatus {
    return this.#status;
  }

  /** Looks once and resolves after that, whether a model is loaded or not; goes on looking in the background. */
  async start(): Promise<void> {
    await this.#look();
    if (this.#stopped || (this.#status.ready && !this.#options.source.follows)) return;
    this.#timer = setTimeout(
      () => void this.start(),
      this.#options.retryMs ?? this.#options.source.everyMs ?? 1000,
    ).unref();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async #look(): Promise<void> {
    const { source } = this.#options;
    let wanted: Wanted;
    try {
      wanted = await source.find();
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      if (this.#status.ready && !this.#copied) return this.#warn(error.message);
      const kept = await source.kept?.(error.message);
      if (this.#status.ready) return this.#warn(kept?.warning ?? error.message);
      if (!kept) return this.#failed(error.message);
      wanted = kept;
    }
    // a release that was copied in halves may be whole by now
    const mended = source.follows && performance.now() - this.#brokenAt > (this.#options.mendMs ?? MEND_MS);
    if (wanted.key !== this.#seen || mended) await this.#load(wanted);
    else this.#warn(this.#trouble ?? wanted.warning);
  }

  async #load(wanted: Wanted): Promise<void> {
    const { source, modelName, modelVersion, log } = this.#options;
    const { key, release, file, warning } = wanted;
    this.#seen = key;
    this.#trouble = null;
    this.#brokenAt = Number.POSITIVE_INFINITY;
    try {
      const artifact = await wanted.read();
      const model = await loadModel(artifact.card, artifact.onnx);
      const before = this.#status;
      this.#status = { ready: true, model, release, file, warning: null };
      this.#said = null;
      this.#copied = warning !== null;
      const sha256 = artifact.card.artifact.sha256;
      log.info({ model: modelName, version: modelVersion, ...(release ? { release } : {}), sha256 }, 'model ready');
      this.#warn(warning);
      if (before.ready)
        await before.model.close().catch((error) => log.warn(`the model of before is not freed: ${error}`));
      await source.serves?.(wanted, artifact).catch((error) => this.#warn(`no copy is kept: ${error.message}`));
    } catch (error) {
      // a registry that went away meanwhile may be back soon
      const away = !(error instanceof ArtifactError) && source.follows;
      // and a damaged copy says nothing of the release that it is of
      const copied = warning !== null;
      if (away || copied) this.#seen = undefined;
      else this.#brokenAt = performance.now();
      const kept = away && !copied && !this.#status.ready ? await source.kept?.(unreadable(error)) : null;
      if (kept) return this.#load(kept);
      const said = error instanceof ArtifactError || error instanceof SourceError;
      this.#failed(said ? error.message : `the model cannot be loaded: ${error}`);
    }
  }

  #failed(reason: string): void {
    if (this.#status.ready) {
      this.#trouble = `the next model cannot be served: ${reason}`;
      this.#warn(this.#trouble);
    } else if (this.#status.reason !== reason) {
      this.#status = { ready: false, reason };
      const { log, modelName: model, modelVersion: version } = this.#options;
      log.error({ model, version }, `not ready: ${reason}`);
    }
  }

  /** Of a model that serves all the same. */
  #warn(warning: string | null): void {
    if (!this.#status.ready) return;
    this.#status = { ...this.#status, warning };
    if (warning !== null && warning !== this.#said) {
      const { log, modelName: model, modelVersion: version } = this.#options;
      log.warn({ model, version }, warning);
    }
    this.#said = warning;
  }
}

const unreadable = (error: unknown) =>
  error instanceof SourceError ? error.message : `the registry cannot be read: ${(error as Error).message}`;
