import { ApiError } from './api-error.ts';
import { retryDelay } from './retry-delay.ts';

/** What the gateway's events say has changed: `requests` came in, or one of the stamps differs. */
export type Change = 'requests' | 'ready' | 'comparison' | 'rollout' | 'releases' | 'config';

/** What no event speaks of, such as feedback to another gateway, shows after this long. */
const SELDOM_MS = 60_000;

type Options = {
  /** The longest pause between retries. */
  mostMs?: number;
  /** While events come, it loads again only when this changed. */
  on?: Change;
};

/**
 * Loads a value repeatedly while a component watches it and the tab is visible: at intervals, or while the gateway's events
 * come, when they say that it changed, but never sooner. A failure keeps the last value and is retried after growing pauses;
 * after a 401 it waits for a secret (`Poll.refreshAll`).
 */
export class Poll<T> {
  static readonly #watched = new Set<Poll<unknown>>();
  /** Whether events come. */
  static #fed = false;

  value = $state.raw<T | null>(null);
  error = $state.raw<ApiError | null>(null);
  /** When the value arrived, in milliseconds since the epoch; 0: never. */
  updatedAt = $state(0);
  /** When a failed request is retried; 0: no retry is planned. */
  retryAt = $state(0);

  readonly #load: (signal: AbortSignal) => Promise<T>;
  readonly #everyMs: number;
  readonly #mostMs: number | undefined;
  readonly #on: Change | undefined;
  #watchers = 0;
  #failures = 0;
  /** Whether to load once more after the next time. */
  #again = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #request: AbortController | null = null;

  constructor(load: (signal: AbortSignal) => Promise<T>, everyMs: number, { mostMs, on }: Options = {}) {
    this.#load = load;
    this.#everyMs = everyMs;
    this.#mostMs = mostMs;
    this.#on = on;
  }

  /** Events begin to come, or come no longer: then everything is loaded at intervals again. */
  static feed(fed: boolean): void {
    Poll.#fed = fed;
    if (!fed) for (const poll of Poll.#watched) if (poll.#on && !poll.#request) poll.#plan(poll.#everyMs);
  }

  /** Loads what an event says has changed. */
  static changed(change: Change): void {
    for (const poll of Poll.#watched)
      if (poll.#on === change) {
        // what came last may not be in the record yet
        poll.#again = true;
        poll.#soon(Math.max(0, poll.updatedAt + poll.#everyMs - Date.now()));
      }
  }

  /** Refreshes everything that is watched, for instance after the visitor enters a secret or the tab becomes visible. */
  static refreshAll(): void {
    for (const poll of Poll.#watched) void poll.refresh();
  }

  /** Refreshes what has failed, for instance when the gateway is back. */
  static refreshFailed(): void {
    for (const poll of Poll.#watched) if (poll.error) void poll.refresh();
  }

  /** Stops all requests until `refreshAll`, for instance while the tab is hidden. */
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

  /** Drops the value and loads again, for instance when a filter changes. */
  reset(): void {
    this.value = null;
    this.error = null;
    this.updatedAt = 0;
    if (this.#watchers > 0) void this.refresh();
  }

  /** Sets a value from another source. */
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
      if (this.#again) this.#soon(this.#everyMs);
      else this.#plan(this.#everyMs);
      this.#again = false;
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
    if (this.#watchers === 0) return;
    if (retry && !document.hidden) this.retryAt = Date.now() + ms;
    this.#soon(Poll.#fed && this.#on && !retry ? Math.max(ms, SELDOM_MS) : ms);
  }

  #soon(ms: number): void {
    if (document.hidden) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.refresh(), ms);
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#request?.abort();
    this.#request = null;
  }
}
