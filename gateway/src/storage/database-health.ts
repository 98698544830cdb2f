import type { Logger } from 'pino';

const RETRY_MS = 1_000;
const WARN_EVERY_MS = 60_000;

type Dependencies = {
  log: Pick<Logger, 'info' | 'warn'>;
  /** Told at the first result and at every change. */
  onWritable(writable: boolean): void;
  now?: () => number;
};

/** Knows whether the database takes what it is given; while it does not, says so once a minute and tries every second. */
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

  constructor({ log, onWritable, now = Date.now }: Dependencies) {
    this.#log = log;
    this.#onWritable = onWritable;
    this.#now = now;
  }

  get failing(): boolean {
    return this.#reason !== null;
  }

  warnings(): string[] {
    return this.#reason === null
      ? []
      : [`The record cannot be written and is tried again every second: ${this.#reason}`];
  }

  /** What is tried every second while failing. Its rejection counts as a failure, its success as the end of it. */
  onRetry(retry: () => Promise<unknown>): void {
    this.#retry = retry;
  }

  onRecovered(listener: () => void): void {
    this.#recovered.push(listener);
  }

  succeeded(): void {
    const recovered = this.failing;
    this.#reason = null;
    this.#tell(true);
    if (!recovered) return;
    this.#warnedAt = Number.NEGATIVE_INFINITY;
    this.#log.info('the record is written again');
    for (const listener of this.#recovered) listener();
  }

  failed(error: Error): void {
    this.#reason = error.message;
    this.#tell(false);
    if (this.#now() - this.#warnedAt >= WARN_EVERY_MS) {
      this.#warnedAt = this.#now();
      this.#log.warn({ reason: error.message }, 'the record cannot be written; serving goes on');
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
      // a retry that reports its own result leaves nothing to say here
      () => this.#reason === reason && this.#timer === null && this.succeeded(),
      (error) => this.failed(error),
    );
  }

  #tell(writable: boolean): void {
    if (this.#known === writable) return;
    this.#known = writable;
    this.#onWritable(writable);
  }
}
