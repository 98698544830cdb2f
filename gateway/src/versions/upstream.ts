import type { Dispatcher } from 'undici';
// only the pool: all of undici (fetch, WebSocket, caches, mocks) takes 9 MB more resident memory
import Pool from 'undici/lib/dispatcher/pool.js';
import { InferError } from './infer-error.ts';

/** A body and the headers that describe it. */
export type WireRequest = { headers: Record<string, string>; body: Buffer | string };

export type UpstreamAnswer = { status: number; headers: Record<string, string | string[] | undefined>; body: Buffer };

/** Kept-alive connections to the server of one version. */
export class Upstream {
  readonly #pool: Pool;
  readonly #basePath: string;
  readonly #timeoutMs: number;

  constructor(url: string, timeoutMs: number) {
    const { origin, pathname } = new URL(url);
    this.#basePath = pathname.replace(/\/$/, '');
    this.#timeoutMs = timeoutMs;
    // `Exchange` has its own timer: undici's have a resolution of half a second
    this.#pool = new Pool(origin, { headersTimeout: 0, bodyTimeout: 0, connect: { timeout: timeoutMs } });
  }

  /**
   * POSTs a request; calls `done` once, with an `InferError` (connect, timeout, garbage for an answer of more than
   * `maxBytes`) or the answer of any status.
   */
  post(
    path: string,
    { headers, body }: WireRequest,
    maxBytes: number,
    done: (error: InferError | null, answer?: UpstreamAnswer) => void,
  ): void {
    new Exchange({ timeoutMs: this.#timeoutMs, maxBytes }, done).start(this.#pool, {
      path: this.#basePath + path,
      method: 'POST',
      headers,
      body,
    });
  }

  /** GETs an answer of any status. Throws `InferError` like `post`. */
  get(path: string, maxBytes: number): Promise<UpstreamAnswer> {
    return new Promise((resolve, reject) => {
      const exchange = new Exchange({ timeoutMs: this.#timeoutMs, maxBytes }, (error, answer) => {
        if (error || !answer) reject(error);
        else resolve(answer);
      });
      exchange.start(this.#pool, { path: this.#basePath + path, method: 'GET' });
    });
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }
}

/** One request and its whole answer. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #done: (error: InferError | null, answer?: UpstreamAnswer) => void;
  readonly #maxBytes: number;
  readonly #timer: NodeJS.Timeout;
  readonly #chunks: Buffer[] = [];
  #controller: Dispatcher.DispatchController | undefined;
  #bytes = 0;
  #status = 0;
  #headers: UpstreamAnswer['headers'] = {};
  #settled = false;

  constructor(
    { timeoutMs, maxBytes }: { timeoutMs: number; maxBytes: number },
    done: (error: InferError | null, answer?: UpstreamAnswer) => void,
  ) {
    this.#done = done;
    this.#maxBytes = maxBytes;
    this.#timer = setTimeout(() => {
      this.#settle(new InferError('timeout'));
      this.#controller?.abort(new Error('timeout'));
    }, timeoutMs);
  }

  start(pool: Pool, options: Dispatcher.DispatchOptions): void {
    pool.dispatch(options, this);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#settled) controller.abort(new Error('timeout'));
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: UpstreamAnswer['headers']): void {
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes <= this.#maxBytes) {
      this.#chunks.push(chunk);
      return;
    }
    this.#chunks.length = 0;
    this.#settle(new InferError('garbage', `it is longer than ${this.#maxBytes} bytes`));
    controller.abort(new Error('too long'));
  }

  onResponseEnd(): void {
    const body = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks);
    this.#chunks.length = 0;
    this.#settle(null, { status: this.#status, headers: this.#headers, body });
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    const begun = this.#status > 0 ? 'the connection closed in the middle of the answer' : undefined;
    this.#settle(new InferError('connect', begun, error));
  }

  #settle(error: InferError | null, answer?: UpstreamAnswer): void {
    if (this.#settled) return;
    this.#settled = true;
    clearTimeout(this.#timer);
    this.#done(error, answer);
  }
}
