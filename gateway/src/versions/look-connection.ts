import Client from 'undici/lib/dispatcher/client.js';
import { type Answered, Exchange, type UpstreamAnswer } from './exchange.ts';
import type { WireRequest } from './upstream.ts';

/**
 * One connection, on which the gateway looks at the server of a version. All that is asked until `renew` comes from one
 * server, even when several stand behind the address.
 */
export class LookConnection {
  readonly #origin: string;
  readonly #basePath: string;
  readonly #timeoutMs: number;
  #client: Client;
  #closed = false;

  constructor(url: string, timeoutMs: number) {
    const { origin, pathname } = new URL(url);
    this.#origin = origin;
    this.#basePath = pathname.replace(/\/$/, '');
    this.#timeoutMs = timeoutMs;
    this.#client = this.#open();
  }

  /** The next request goes to whichever server gets a new connection. Those under way are answered. */
  renew(): void {
    if (this.#closed) return;
    void this.#client.close();
    this.#client = this.#open();
  }

  /** POSTs as `Upstream` does. */
  post(path: string, { headers, body }: WireRequest, maxBytes: number, done: Answered): void {
    this.#start({ path, method: 'POST', headers, body }, maxBytes, done);
  }

  /** GETs an answer of any status. Throws `InferError` like `post`. */
  get(path: string, maxBytes: number): Promise<UpstreamAnswer> {
    return new Promise((resolve, reject) => {
      this.#start({ path, method: 'GET' }, maxBytes, (error, answer) => {
        if (error || !answer) reject(error);
        else resolve(answer);
      });
    });
  }

  close(): Promise<void> {
    this.#closed = true;
    return this.#client.destroy();
  }

  #open(): Client {
    return new Client(this.#origin, { headersTimeout: 0, bodyTimeout: 0, connect: { timeout: this.#timeoutMs } });
  }

  #start(options: Parameters<Exchange['start']>[1], maxBytes: number, done: Answered): void {
    const exchange = new Exchange({ timeoutMs: this.#timeoutMs, maxBytes }, done);
    exchange.start(this.#client, { ...options, path: this.#basePath + options.path });
  }
}
