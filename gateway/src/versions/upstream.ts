// only the pool: all of undici (fetch, WebSocket, caches, mocks) takes 9 MB more resident memory
import Pool from 'undici/lib/dispatcher/pool.js';
import { type Answered, Exchange } from './exchange.ts';

export type { UpstreamAnswer } from './exchange.ts';

/** A body and the headers that describe it. */
export type WireRequest = { headers: Record<string, string>; body: Buffer | string };

/**
 * Kept-alive connections to the server of one version. None is used for longer than `connectionMs`: a balancer in front of
 * several servers, such as a Service of Kubernetes, chooses one per connection, and one that is kept for ever never reaches
 * a server that is added.
 */
export class Upstream {
  readonly #pool: Pool;
  readonly #basePath: string;
  readonly #timeoutMs: number;

  constructor(url: string, timeoutMs: number, connectionMs: number | null = null) {
    const { origin, pathname } = new URL(url);
    this.#basePath = pathname.replace(/\/$/, '');
    this.#timeoutMs = timeoutMs;
    // `Exchange` has its own timer: undici's have a resolution of half a second
    this.#pool = new Pool(origin, {
      ...{ headersTimeout: 0, bodyTimeout: 0, connect: { timeout: timeoutMs } },
      clientTtl: connectionMs,
    });
  }

  /**
   * POSTs a request; calls `done` once, with an `InferError` (connect, timeout, garbage for an answer of more than
   * `maxBytes`) or the answer of any status.
   */
  post(path: string, { headers, body }: WireRequest, maxBytes: number, done: Answered): void {
    new Exchange({ timeoutMs: this.#timeoutMs, maxBytes }, done).start(this.#pool, {
      path: this.#basePath + path,
      method: 'POST',
      headers,
      body,
    });
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }
}
