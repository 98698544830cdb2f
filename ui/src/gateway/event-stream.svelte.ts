import type { ChangeStamps, ConfigView, UsageCounters } from '@coppice/contract';
import { ApiError } from './api-error.ts';
import { retryDelay } from './retry-delay.ts';

/** The gateway beats every second: after this long it is frozen, or something in between keeps events back. */
const SILENT_MS = 3000;
/** A stream that something in between keeps back is tried again now and then. */
const MOST_MS = 60_000;

type Listeners = {
  config(view: ConfigView): void;
  usage(counters: UsageCounters): void;
  stamps(stamps: ChangeStamps): void;
  /** Whether events come: while they do, nobody needs to ask. */
  live(live: boolean): void;
};

/** The gateway's events, read until it is stopped; opened again after growing pauses when it breaks off. */
export class EventStream {
  live = $state(false);
  /** It was live, and the gateway has said nothing for too long since. */
  silent = $state(false);
  readonly #open: (signal: AbortSignal) => Promise<Response>;
  readonly #listeners: Listeners;
  #request: AbortController | null = null;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;

  constructor(open: (signal: AbortSignal) => Promise<Response>, listeners: Listeners) {
    this.#open = open;
    this.#listeners = listeners;
  }

  /** Opens it, anew if it is open already, for instance after the visitor enters a secret. */
  start(): void {
    this.stop();
    const request = new AbortController();
    this.#request = request;
    void this.#read(request);
  }

  stop(): void {
    clearTimeout(this.#silence);
    clearTimeout(this.#retry);
    this.#request?.abort();
    this.#request = null;
    this.#setLive(false);
  }

  async #read(request: AbortController): Promise<void> {
    const text = new TextDecoder();
    try {
      // not a part of what the first screen waits for
      const { createParser } = await import('eventsource-parser');
      if (this.#request !== request) return;
      const parser = createParser({ onEvent: ({ event, data }) => this.#receive(event ?? '', data) });
      this.#expectEvent(request);
      const { body } = await this.#open(request.signal);
      const reader = (body as ReadableStream<Uint8Array>).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        this.#expectEvent(request);
        parser.feed(text.decode(value, { stream: true }));
      }
    } catch (thrown) {
      // it waits for a secret
      if (thrown instanceof ApiError && thrown.status === 401) return this.stop();
    }
    if (this.#request !== request) return;
    this.stop();
    this.#retry = setTimeout(() => this.start(), retryDelay(++this.#failures, null, { mostMs: MOST_MS }));
  }

  #receive(name: string, data: string): void {
    this.#failures = 0;
    this.silent = false;
    this.#setLive(true);
    if (data !== '' && isHeard(name)) this.#listeners[name](JSON.parse(data));
  }

  #expectEvent(request: AbortController): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      this.silent = this.live;
      request.abort();
    }, SILENT_MS);
  }

  #setLive(live: boolean): void {
    if (this.live === live) return;
    this.live = live;
    this.#listeners.live(live);
  }
}

const isHeard = (name: string): name is 'config' | 'usage' | 'stamps' => ['config', 'usage', 'stamps'].includes(name);
