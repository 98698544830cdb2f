import { InferError } from './infer-error.ts';
import type { InferAnswer, InferJob } from './infer-job.ts';
import { decodeInfer, encodeInfer } from './infer-wire.ts';
import type { Signature } from './signature.ts';
import type { Upstream, UpstreamAnswer } from './upstream.ts';
import type { UpstreamConfig } from './versions-config.ts';

type Limits = Pick<UpstreamConfig, 'maxQueuedRows' | 'maxInFlight' | 'maxBatchRows'>;

/**
 * Rows from which on a request goes out beside one that is under way. Fewer are better off in one larger batch a moment
 * later: what a batch costs is mostly the request, not its rows.
 */
const PARALLEL_ROWS = 32;
/** Rows that go out although the event loop may bring more at once: a larger request is hardly cheaper per row. */
const ENOUGH_ROWS = 64;

/** What the client reports of its server after each request to it. */
export type InferListener = {
  batchSent?(rows: number): void;
  succeeded?(): void;
  failed?(error: InferError): void;
};

/**
 * Sends jobs to the server of one version and coalesces: whatever is queued goes out as one inference request.
 * Nothing waits on a clock: what is queued goes out at the first turn of the event loop that brings no more, which for
 * one that is alone is the next, or as soon as the request under way is back. Where many rows wait, up to `maxInFlight`
 * requests are under way.
 */
export class InferClient {
  readonly #upstream: Upstream;
  readonly #path: string;
  readonly #limits: Limits;
  readonly #listener: InferListener;
  #signature: Signature | null = null;
  #queue: InferJob[] = [];
  /** Jobs of a batch that failed as a whole; each is sent again on its own, so that one cannot fail its neighbours. */
  #alone: InferJob[] = [];
  #queuedRows = 0;
  /** Rows that were queued a turn ago. */
  #rowsBefore = 0;
  #inFlight = 0;
  #answers = 0;
  #scheduled = false;

  constructor(upstream: Upstream, modelName: string, limits: Limits, listener: InferListener = {}) {
    this.#upstream = upstream;
    this.#path = `/v2/models/${encodeURIComponent(modelName)}/infer`;
    this.#limits = limits;
    this.#listener = listener;
  }

  get queuedRows(): number {
    return this.#queuedRows;
  }

  use(signature: Signature): void {
    this.#signature = signature;
  }

  /** Queues a job; over the bound it fails with `overload`. */
  submit(job: InferJob): void {
    if (this.#queuedRows + job.rows > this.#limits.maxQueuedRows) {
      setImmediate(() => job.fail(new InferError('overload')));
      return;
    }
    this.#queue.push(job);
    this.#queuedRows += job.rows;
    this.#schedule();
  }

  /** Fails all jobs that wait, with the same error; those under way are left to end. */
  failQueued(error: InferError): void {
    const jobs = [...this.#alone, ...this.#queue];
    this.#alone = [];
    this.#queue = [];
    this.#queuedRows = 0;
    for (const job of jobs) job.fail(error);
  }

  #schedule(): void {
    if (this.#scheduled || !this.#maySend()) return;
    this.#scheduled = true;
    // after all sockets of this turn were read: their requests share one batch
    setImmediate(this.#flush);
  }

  /** Whether this turn of the event loop brought jobs. Then the next may, too, and one request costs less than two. */
  #comingIn(): boolean {
    const { maxBatchRows } = this.#limits;
    const coming = this.#queuedRows > this.#rowsBefore && this.#queuedRows < Math.min(ENOUGH_ROWS, maxBatchRows);
    this.#rowsBefore = coming ? this.#queuedRows : 0;
    return coming;
  }

  readonly #flush = (): void => {
    this.#scheduled = false;
    if (this.#comingIn()) {
      this.#schedule();
      return;
    }
    while (this.#maySend()) {
      const batch = this.#alone.length > 0 ? this.#alone.splice(0, 1) : this.#takeBatch();
      this.#send(batch, false);
    }
  };

  #maySend(): boolean {
    const { maxInFlight, maxBatchRows } = this.#limits;
    if (this.#queuedRows === 0) return false;
    if (this.#inFlight === 0) return true;
    return this.#inFlight < maxInFlight && this.#queuedRows >= Math.min(PARALLEL_ROWS, maxBatchRows);
  }

  #takeBatch(): InferJob[] {
    let rows = 0;
    let n = 0;
    for (const job of this.#queue) {
      if (n > 0 && rows + job.rows > this.#limits.maxBatchRows) break;
      rows += job.rows;
      n++;
    }
    if (n === this.#queue.length) {
      const all = this.#queue;
      this.#queue = [];
      return all;
    }
    return this.#queue.splice(0, n);
  }

  #send(batch: InferJob[], again: boolean): void {
    let rows = 0;
    for (const job of batch) rows += job.rows;
    if (!again) {
      this.#queuedRows -= rows;
      this.#inFlight++;
    }
    const signature = this.#signature;
    if (!signature) {
      this.#settle(batch, new InferError('unavailable'));
      return;
    }
    this.#listener.batchSent?.(rows);
    const answersBefore = this.#answers;
    this.#upstream.post(this.#path, encodeInfer(batch, rows, signature), (error, answer) => {
      if (!error && answer) this.#answered(batch, rows, answer, signature);
      else if (error && !again && isStaleConnection(error)) this.#send(batch, true);
      else this.#settle(batch, error ?? new InferError('garbage'));
      // it answered nothing at all meanwhile: what waits must not wait for as long again
      if (error?.reason === 'timeout' && this.#answers === answersBefore) this.failQueued(error);
    });
  }

  #answered(batch: InferJob[], rows: number, answer: UpstreamAnswer, signature: Signature): void {
    if (answer.status !== 200) {
      const reason = answer.status >= 500 ? 'upstream' : 'refused';
      this.#settle(batch, new InferError(reason, undefined, new Error(`status ${answer.status}`)));
      return;
    }
    let result: InferAnswer;
    try {
      const length = answer.headers['inference-header-content-length'] as string | undefined;
      result = decodeInfer(answer.body, length, rows, signature);
    } catch (cause) {
      this.#settle(batch, new InferError('garbage', undefined, cause));
      return;
    }
    this.#inFlight--;
    this.#answers++;
    this.#listener.succeeded?.();
    let first = 0;
    for (const job of batch) {
      job.succeed(result, first);
      first += job.rows;
    }
    this.#schedule();
  }

  /** A batch failed. What its server answered may be the fault of one job: then each is asked alone. */
  #settle(batch: InferJob[], error: InferError): void {
    this.#inFlight--;
    this.#listener.failed?.(error);
    const answered = error.reason === 'upstream' || error.reason === 'refused' || error.reason === 'garbage';
    if (answered && batch.length > 1) {
      for (const job of batch) {
        this.#alone.push(job);
        this.#queuedRows += job.rows;
      }
    } else for (const job of batch) job.fail(error);
    this.#schedule();
  }
}

/** The server closed a kept-alive connection just as it was used. Asking once more is safe: inference changes nothing. */
function isStaleConnection(error: InferError): boolean {
  const { code } = (error.cause ?? {}) as NodeJS.ErrnoException;
  return error.reason === 'connect' && (code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE');
}
