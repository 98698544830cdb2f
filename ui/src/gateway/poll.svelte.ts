import { ApiError } from './api-error.ts';
import { retryDelay } from './retry-delay.ts';

/**
 * Loads a value repeatedly while a component watches it and the tab is visible. A failure keeps the last value and is
 * retried after growing pauses; after a 401 it waits for a secret (`Poll.refreshAll`).
 */
export class Poll<T> {
  static readonly #watched = new Set<Poll<unknown>>();

  value = $state.raw<T | null>(null);
  error = $state.raw<ApiError | null>(null);
  /** When the value arrived, in milliseconds since the epoch; 0: never. */
  updatedAt = $state(0);
  /** When a failed request is retried; 0: no retry is planned. */
  retryAt = $state(0);

  readonly #load: (signal: AbortSignal) => Promise<T>;
  readonly #everyMs: number;
  readonly #mostMs: number | undefined;
  #watchers = 0;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #request: AbortController | null = null;

  /** `mostMs`: the longest pause between retries. */
  constructor(load: (signal: AbortSignal) => Promise<T>, everyMs: number, mostMs?: number) {
    this.#load = load;
    this.#everyMs = everyMs;
    this.#mostMs = mostMs;
  }

  /** Refreshes everything that is watched, as after the visitor has entered a secret or the tab has become visible. */
  static refreshAll(): void {
    for (const poll of Poll.#watched) void poll.refresh();
  }

  /** Refreshes what has failed, as when the gateway is back. */
  static refreshFailed(): void {
    for (const poll of Poll.#watched) if (poll.error) void poll.refresh();
  }

  /** Stops all requests until `refreshAll`, as while the tab is hidden. */
  static pauseAll(): void {
    for (const poll of Poll.#watched) poll.#stop();
  }

  /** Starts loading; the function that it returns stops it. For `$effect(() => poll.watch())`. */
  watch(): () => void {
    if (++this.#watchers === 1) {
      Poll.#watched.add(this as Poll<unknown>);
      void this.refresh();
    }
    return () => {
      if (--this.#watchers > 0) return;
      Poll.#watched.delete(this as Poll<unknown>);
      this.#stop();
    };
  }

  /** Drops the value and loads again, as when a filter has changed. */
  reset(): void {
    this.value = null;
    this.error = null;
    this.updatedAt = 0;
    if (this.#watchers > 0) void this.refresh();
  }

  /** Takes a value that came another way. */
  accept(value: T): void {
    this.value = value;
    this.error = null;
    this.updatedAt = Date.now();
    this.#failures = 0;
    this.retryAt = 0;
  }

  async refresh(): Promise<void> {
    this.#stop();
    const request = new AbortController();
    this.#request = request;
    try {
      const value = await this.#load(request.signal);
      if (request.signal.aborted) return;
      this.accept(value);
      this.#plan(this.#everyMs);
    } catch (thrown) {
      if (request.signal.aborted) return;
      this.#failures++;
      this.error = thrown instanceof ApiError ? thrown : new ApiError(0, 'The answer could not be read.');
      if (this.error.status === 401) this.retryAt = 0;
      else
        this.#plan(
          retryDelay(this.#failures, this.error.retryAfter, this.#mostMs ? { mostMs: this.#mostMs } : {}),
          true,
        );
    }
  }

  #plan(ms: number, retry = false): void {
    if (this.#watchers === 0 || document.hidden) return;
    if (retry) this.retryAt = Date.now() + ms;
    this.#timer = setTimeout(() => void this.refresh(), ms);
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#request?.abort();
    this.#request = null;
  }
}
