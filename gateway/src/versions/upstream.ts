import type { Dispatcher } from 'undici';
// only the pool: all of undici (fetch, WebSocket, caches, mocks) takes 9 MB more resident memory
import Pool from 'undici/lib/dispatcher/pool.js';
import { InferError } from './infer-error.ts';
import type { WireRequest } from './infer-wire.ts';

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

  /** POSTs a request; calls `done` once, with an `InferError` (connect, timeout) or the answer of any status. */
  post(
    path: string,
    { headers, body }: WireRequest,
    done: (error: InferError | null, answer?: UpstreamAnswer) => void,
  ): void {
    new Exchange(this.#timeoutMs, done).start(this.#pool, {
      path: this.#basePath + path,
      method: 'POST',
      headers,
      body,
    });
  }

  /** GETs JSON; the body of an answer that is not JSON is null. Throws `InferError` like `post`. */
  get(path: string): Promise<{ status: number; body: unknown }> {
    return new Promise((resolve, reject) => {
      const exchange = new Exchange(this.#timeoutMs, (error, answer) => {
        if (error || !answer) reject(error);
        else resolve({ status: answer.status, body: parseJson(answer.body) });
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
  readonly #timer: NodeJS.Timeout;
  readonly #chunks: Buffer[] = [];
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #headers: UpstreamAnswer['headers'] = {};
  #settled = false;

  constructor(timeoutMs: number, done: (error: InferError | null, answer?: UpstreamAnswer) => void) {
    this.#done = done;
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

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const body = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks);
    this.#settle(null, { status: this.#status, headers: this.#headers, body });
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#settle(new InferError('connect', undefined, error));
  }

  #settle(error: InferError | null, answer?: UpstreamAnswer): void {
    if (this.#settled) return;
    this.#settled = true;
    clearTimeout(this.#timer);
    this.#done(error, answer);
  }
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return null;
  }
}
