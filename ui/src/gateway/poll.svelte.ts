import { ApiError } from './api-error.ts';
import { retryDelay } from './retry-delay.ts';

/**
 * Asks for something again and again while a component watches it and the tab is in view. A failure keeps the last
 * value, and is retried with growing pauses; a 401 waits for a secret (`Poll.refreshAll`).
 */
export class Poll<T> {
  static readonly #watched = new Set<Poll<unknown>>();

  value = $state.raw<T | null>(null);
  error = $state.raw<ApiError | null>(null);
  /** When the value was answered, in milliseconds since the epoch; 0: never. */
  updatedAt = $state(0);
  /** When a failed request is tried again; 0: not planned. */
  retryAt = $state(0);

  readonly #load: (signal: AbortSignal) => Promise<T>;
  readonly #everyMs: number;
  readonly #mostMs: number | undefined;
  #watchers = 0;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking: AbortController | null = null;

  /** `mostMs`: the longest pause between retries. */
  constructor(load: (signal: AbortSignal) => Promise<T>, everyMs: number, mostMs?: number) {
    this.#load = load;
    this.#everyMs = everyMs;
    this.#mostMs = mostMs;
  }

  /** Tells all that is watched to ask now, such as after a secret was given or the tab came into view. */
  static refreshAll(): void {
    for (const poll of Poll.#watched) void poll.refresh();
  }

  /** The gateway is back: what failed is asked again at once. */
  static refreshFailed(): void {
    for (const poll of Poll.#watched) if (poll.error) void poll.refresh();
  }

  /** The tab went out of view: nothing is asked until `refreshAll`. */
  static pauseAll(): void {
    for (const poll of Poll.#watched) poll.#stop();
  }

  /** Starts asking; the function it returns ends that. For `$effect(() => poll.watch())`. */
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

  /** Forgets the value, for when the question changed, and asks anew. */
  reset(): void {
    this.value = null;
    this.error = null;
    this.updatedAt = 0;
    if (this.#watchers > 0) void this.refresh();
  }

  /** Takes a value that came by another way. */
  accept(value: T): void {
    this.value = value;
    this.error = null;
    this.updatedAt = Date.now();
    this.#failures = 0;
    this.retryAt = 0;
  }

  async refresh(): Promise<void> {
    this.#stop();
    const asking = new AbortController();
    this.#asking = asking;
    try {
      const value = await this.#load(asking.signal);
      if (asking.signal.aborted) return;
      this.accept(value);
      this.#plan(this.#everyMs);
    } catch (thrown) {
      if (asking.signal.aborted) return;
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
    this.#asking?.abort();
    this.#asking = null;
  }
}
