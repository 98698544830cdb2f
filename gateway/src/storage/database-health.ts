import type { Logger } from 'pino';

const RETRY_MS = 1_000;
const WARN_EVERY_MS = 60_000;

type Dependencies = {
  log: Pick<Logger, 'info' | 'warn'>;
  /** Called at the first result and at every change. */
  onWritable(writable: boolean): void;
  now?: () => number;
};

/** Knows whether the database can be written; while it cannot, logs that once a minute and retries every second. */
export class DatabaseHealth {
  readonly #log: Pick<Logger, 'info' | 'warn'>;
  readonly #onWritable: (writable: boolean) => void;
  readonly #now: () => number;
  readonly #recovered: (() => void)[] = [];
  #retry: () => Promise<unknown> = async () => {};
  #timer: NodeJS.Timeout | null = null;
  #reason: string | null = null;
  #known: boolean | null = null;
  #warnedAt = Number.NEGATIVE_INFINITY;
  #stopped = false;
  readonly #notes = new Map<string, string>();

  constructor({ log, onWritable, now = Date.now }: Dependencies) {
    this.#log = log;
    this.#onWritable = onWritable;
    this.#now = now;
  }

  get failing(): boolean {
    return this.#reason !== null;
  }

  warnings(): string[] {
    const failing =
      this.#reason === null ? [] : [`The record cannot be written (retrying every second): ${this.#reason}`];
    return [...failing, ...this.#notes.values()];
  }

  /** Keeps a warning about one matter until another or none follows; logs the first one. */
  note(matter: string, warning: string | null): void {
    if (warning === null) {
      if (this.#notes.delete(matter)) this.#log.info({ matter }, 'a warning is over');
      return;
    }
    if (!this.#notes.has(matter)) this.#log.warn({ matter }, warning);
    this.#notes.set(matter, warning);
  }

  /** Runs `retry` every second while failing. Its rejection is another failure, its success a recovery. */
  onRetry(retry: () => Promise<unknown>): void {
    this.#retry = retry;
  }

  onRecovered(listener: () => void): void {
    this.#recovered.push(listener);
  }

  succeeded(): void {
    const recovered = this.failing;
    this.#reason = null;
    this.#report(true);
    if (!recovered) return;
    this.#warnedAt = Number.NEGATIVE_INFINITY;
    this.#log.info('the record is writable again');
    for (const listener of this.#recovered) listener();
  }

  failed(error: Error): void {
    this.#reason = error.message;
    this.#report(false);
    if (this.#now() - this.#warnedAt >= WARN_EVERY_MS) {
      this.#warnedAt = this.#now();
      this.#log.warn({ reason: error.message }, 'the record cannot be written; predictions continue');
    }
    if (!this.#stopped) this.#timer ??= setTimeout(() => this.#tryAgain(), RETRY_MS);
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer) clearTimeout(this.#timer);
  }

  #tryAgain(): void {
    this.#timer = null;
    const reason = this.#reason;
    this.#retry().then(
      // a retry may have reported its own result
      () => this.#reason === reason && this.#timer === null && this.succeeded(),
      (error) => this.failed(error),
    );
  }

  #report(writable: boolean): void {
    if (this.#known === writable) return;
    this.#known = writable;
    this.#onWritable(writable);
  }
}
