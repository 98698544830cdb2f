import type { Dispatcher } from 'undici';
import { InferError } from './infer-error.ts';

export type UpstreamAnswer = { status: number; headers: Record<string, string | string[] | undefined>; body: Buffer };

/** Called once, with an `InferError` (connect, timeout, garbage for an answer that is too long) or the answer of any status. */
export type Answered = (error: InferError | null, answer?: UpstreamAnswer) => void;

/** One request and its whole answer. */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #done: Answered;
  readonly #maxBytes: number;
  readonly #timer: NodeJS.Timeout;
  readonly #chunks: Buffer[] = [];
  #controller: Dispatcher.DispatchController | undefined;
  #bytes = 0;
  #status = 0;
  #headers: UpstreamAnswer['headers'] = {};
  #settled = false;

  constructor({ timeoutMs, maxBytes }: { timeoutMs: number; maxBytes: number }, done: Answered) {
    this.#done = done;
    this.#maxBytes = maxBytes;
    this.#timer = setTimeout(() => {
      this.#settle(new InferError('timeout'));
      this.#controller?.abort(new Error('timeout'));
    }, timeoutMs);
  }

  start(on: Pick<Dispatcher, 'dispatch'>, options: Dispatcher.DispatchOptions): void {
    on.dispatch(options, this);
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
