import { setTimeout as sleep } from 'node:timers/promises';
import type { Current, Registry } from '@coppice/registry/registry';
import { EMPTY, type RegistryState } from '@coppice/registry/registry-state';
import { StoreUnavailableError } from '@coppice/registry/stores/object-store';
import type { Logger } from 'pino';

const EVERY_MS = 2000;
/** A store that answers later counts as away. */
const PATIENCE_MS = 5000;

type Deps = {
  registry: Registry;
  /** Called after each look that worked; never rejects. */
  onLook: (state: RegistryState) => Promise<unknown>;
  log: Pick<Logger, 'info' | 'warn'>;
  everyMs?: number;
  patienceMs?: number;
};

/** Knows the newest state of the registry: looks every 2 seconds, and keeps what it saw last while the registry is away. */
export class RegistryWatch {
  readonly #deps: Deps;
  #seen: Current | null = null;
  #trouble: string | null = null;
  /** A look that was given up: a folder that hangs keeps a thread of Node for each, and name look-ups need them, too. */
  #hanging: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** What was seen last. */
  get seen(): Current {
    return this.#seen ?? { revision: 0, state: EMPTY };
  }

  /** Why the registry cannot be read now, or null. */
  get trouble(): string | null {
    return this.#trouble;
  }

  start(): void {
    if (this.#stopped) return;
    this.#looking = this.#round().finally(() => {
      if (this.#stopped) return;
      this.#timer = setTimeout(() => this.start(), this.#deps.everyMs ?? EVERY_MS);
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#looking;
  }

  /** Looks now. Rejects with `StoreUnavailableError` while the registry is away. */
  async look(): Promise<Current> {
    try {
      if (this.#hanging) await this.within(() => this.#hanging as Promise<void>);
      this.note(await this.#read());
      return this.seen;
    } catch (error) {
      this.#failed(error as Error);
      throw error;
    }
  }

  /** A newer state is known from a change. */
  note(current: Current): void {
    if (this.#trouble !== null) this.#deps.log.info('the registry can be read again');
    this.#trouble = null;
    if (!this.#seen || current.revision > this.#seen.revision) this.#seen = current;
  }

  /** What `work` gives, or `StoreUnavailableError` when that takes too long. */
  async within<T>(work: (registry: Registry) => Promise<T>): Promise<T> {
    const { registry, patienceMs = PATIENCE_MS } = this.#deps;
    const ended = new AbortController();
    const late = sleep(patienceMs, null, { signal: ended.signal, ref: false }).then(() => {
      throw new StoreUnavailableError(`${registry.place} does not answer within ${patienceMs / 1000} s`);
    });
    try {
      return await Promise.race([work(registry), late]);
    } finally {
      late.catch(() => {});
      ended.abort();
    }
  }

  async #read(): Promise<Current> {
    let ended = false;
    const reading = this.#deps.registry.current();
    const end = () => {
      ended = true;
      this.#hanging = null;
    };
    const over = reading.then(end, end);
    try {
      return await this.within(() => reading);
    } catch (error) {
      if (!ended) this.#hanging = over;
      throw error;
    }
  }

  async #round(): Promise<void> {
    const seen = await this.look().catch(() => null);
    if (seen) await this.#deps.onLook(seen.state);
  }

  #failed(error: Error): void {
    if (this.#trouble === null) this.#deps.log.warn({ err: error }, 'the registry cannot be read');
    this.#trouble = error.message;
  }
}
