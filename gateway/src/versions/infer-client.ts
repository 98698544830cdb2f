import { InferError } from './infer-error.ts';
import type { InferAnswer, InferJob } from './infer-job.ts';
import { mostBroken } from './most-broken.ts';
import type { Wire } from './protocol.ts';
import { readAnswer } from './read-answer.ts';
import type { Upstream, UpstreamAnswer } from './upstream.ts';
import type { UpstreamConfig } from './versions-config.ts';

type Limits = Pick<UpstreamConfig, 'maxQueuedRows' | 'maxInFlight' | 'maxBatchRows'>;

/**
 * Rows from which on a request goes out while another is under way. Fewer rows do better in one larger batch a moment
 * later: most of a batch's cost is the request, not its rows.
 */
const PARALLEL_ROWS = 32;
/** From so many jobs under way on, a batch of few rows waits for more: a request costs as much as dozens of rows. */
const MANY_JOBS = 8;
const GATHER_MS = 1;
/** Rows that go out although the next turn may bring more: a larger request is hardly cheaper per row. */
const ENOUGH_ROWS = 64;

/** What the client reports of its server after each request to it. */
export type InferListener = {
  batchSent?(rows: number): void;
  /** An answer came, from this release where its server names one. */
  succeeded?(release: string | null): void;
  /** How to read an answer of another release to what `wire` wrote; null: that is not known, or it takes other requests. */
  wireOf?(release: string, wire: Wire): Wire | null;
  /** An answer came from a release that the version is not known by. Resolves once that is looked at. */
  replaced?(release: string): Promise<void>;
  /** Jobs that wait or are under way at all versions. */
  jobsUnderWay?(): number;
  /** So many jobs got no answer at all (`connect`, `timeout`). What its server did answer, the job judges. */
  failed?(error: InferError, jobs: number): void;
};

/** One batch on its way. */
type Sending = {
  batch: InferJob[];
  rows: number;
  /** How often a connection broke under it. */
  broken: number;
  /** Its answer came from an unknown release, which was looked at. */
  looked: boolean;
};

/**
 * Sends jobs to the server of one version and coalesces them: all that is queued goes out as one infer request. Nothing
 * waits on a clock while few jobs are under way: the queue goes out at the first turn of the event loop that adds nothing to it.
 * While many are, a queue of few rows gathers for a millisecond. While many rows wait, up to `maxInFlight` requests are under way.
 */
export class InferClient {
  readonly #upstream: Upstream;
  readonly #limits: Limits;
  readonly #listener: InferListener;
  #wire: Wire | null = null;
  #queue: InferJob[] = [];
  /** Jobs of a batch that failed as a whole; each is sent again on its own, so that one cannot fail the others. */
  #alone: InferJob[] = [];
  #queuedRows = 0;
  /** Rows queued a turn ago. */
  #rowsBefore = 0;
  #inFlight = 0;
  #answers = 0;
  #scheduled = false;
  #gathered = false;
  #jobsSent = 0;

  constructor(upstream: Upstream, limits: Limits, listener: InferListener = {}) {
    this.#upstream = upstream;
    this.#limits = limits;
    this.#listener = listener;
  }

  get queuedRows(): number {
    return this.#queuedRows;
  }

  /** Jobs that wait or are under way. */
  get jobs(): number {
    return this.#queue.length + this.#alone.length + this.#jobsSent;
  }

  /** Nothing waits for the server and nothing is under way. */
  get idle(): boolean {
    return this.#inFlight === 0 && this.#queuedRows === 0;
  }

  use(wire: Wire): void {
    this.#wire = wire;
  }

  /** Queues a job; beyond the bound it fails with `overload`. */
  submit(job: InferJob): void {
    if (this.#queuedRows + job.rows > this.#limits.maxQueuedRows) {
      setImmediate(() => job.fail(new InferError('overload')));
      return;
    }
    this.#queue.push(job);
    this.#queuedRows += job.rows;
    this.#schedule();
  }

  /** Fails all queued jobs with the same error; those under way continue. */
  failQueued(error: InferError): void {
    for (const job of this.#takeQueued()) job.fail(error);
  }

  /** Fails the queued jobs that the version may no longer answer; those under way continue. */
  failUnwanted(): void {
    for (const job of this.#takeQueued()) {
      if (job.stays?.() === false) job.fail(new InferError('unavailable'));
      else {
        this.#queue.push(job);
        this.#queuedRows += job.rows;
      }
    }
  }

  #schedule(): void {
    if (this.#scheduled || !this.#maySend()) return;
    this.#scheduled = true;
    // after all sockets of this turn are read, so that their requests share one batch
    setImmediate(this.#flush);
  }

  /** Whether this turn of the event loop brought jobs. Then the next one may, too, and one request costs less than two. */
  #comingIn(): boolean {
    const { maxBatchRows } = this.#limits;
    const coming = this.#queuedRows > this.#rowsBefore && this.#queuedRows < Math.min(ENOUGH_ROWS, maxBatchRows);
    this.#rowsBefore = coming ? this.#queuedRows : 0;
    return coming;
  }

  /** Whether few rows wait while so many jobs are under way, here or elsewhere, that more rows are likely. Once a batch. */
  #shouldGather(): boolean {
    const { maxBatchRows } = this.#limits;
    const few = this.#queuedRows > 0 && this.#queuedRows < Math.min(PARALLEL_ROWS, maxBatchRows);
    return few && !this.#gathered && (this.#listener.jobsUnderWay?.() ?? 0) >= MANY_JOBS;
  }

  readonly #flush = (): void => {
    this.#scheduled = false;
    if (this.#comingIn()) {
      this.#schedule();
      return;
    }
    if (this.#shouldGather()) {
      this.#gathered = true;
      this.#scheduled = true;
      setTimeout(this.#flush, GATHER_MS);
      return;
    }
    this.#gathered = false;
    while (this.#maySend()) {
      const batch = this.#alone.length > 0 ? this.#alone.splice(0, 1) : this.#takeBatch();
      const rows = batch.reduce((sum, job) => sum + job.rows, 0);
      this.#queuedRows -= rows;
      this.#jobsSent += batch.length;
      this.#inFlight++;
      this.#send({ batch, rows, broken: 0, looked: false });
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

  #send(sending: Sending): void {
    const { batch, rows, broken } = sending;
    const wire = this.#wire;
    if (!wire) {
      this.#settle(batch, new InferError('unavailable'));
      return;
    }
    this.#listener.batchSent?.(rows);
    const answersBefore = this.#answers;
    this.#upstream.post(wire.path, wire.encode(batch, rows), wire.answerLimit(rows), (error, answer) => {
      if (!error && answer) this.#answered(sending, answer, wire);
      else if (error && broken < mostBroken(error)) this.#send({ ...sending, broken: broken + 1 });
      // a server that answered nothing meanwhile: the queue must not wait for as long again
      else this.#settle(batch, error as InferError, error?.reason === 'timeout' && this.#answers === answersBefore);
    });
  }

  #answered(sending: Sending, answer: UpstreamAnswer, wire: Wire): void {
    const release = answer.headers['x-model-release'];
    const from = typeof release === 'string' ? release : null;
    if (from === null || from === wire.release) {
      this.#read(sending, answer, wire);
      return;
    }
    const known = this.#listener.wireOf?.(from, wire);
    if (known) {
      this.#read(sending, answer, known, from);
      return;
    }
    // columns and classes of another release may be others: its answer cannot be read by what is known of this one
    const looking = sending.looked ? undefined : this.#listener.replaced?.(from);
    if (!looking) {
      const what = `it comes from release ${from}, not ${wire.release ?? 'the known one'}`;
      this.#settle(sending.batch, new InferError('garbage', what));
      return;
    }
    void looking.then(() => {
      const found = this.#listener.wireOf?.(from, wire);
      if (found) this.#read(sending, answer, found, from);
      else this.#sendToNext(sending);
    });
  }

  /** Another release answers from now on: it gets the jobs that it may answer. */
  #sendToNext({ batch, broken }: Sending): void {
    const staying = batch.filter((job) => stays(job));
    const rows = staying.reduce((sum, job) => sum + job.rows, 0);
    this.#jobsSent -= batch.length - staying.length;
    if (staying.length > 0) this.#send({ batch: staying, rows, broken, looked: true });
    else this.#inFlight--;
    for (const job of batch) if (!staying.includes(job)) job.fail(new InferError('unavailable'));
    this.#schedule();
  }

  /** `other`: the release that answered, where the request was written for another one. */
  #read({ batch, rows }: Sending, answer: UpstreamAnswer, wire: Wire, other?: string): void {
    let result: InferAnswer;
    try {
      result = readAnswer(wire, answer, rows);
    } catch (error) {
      this.#settle(batch, error as InferError);
      return;
    }
    this.#inFlight--;
    this.#jobsSent -= batch.length;
    this.#answers++;
    this.#listener.succeeded?.(result.release);
    let first = 0;
    for (const job of batch) {
      // that may not answer all of them
      if (other !== undefined && !stays(job, other)) job.fail(new InferError('unavailable'));
      else job.succeed(result, first);
      first += job.rows;
    }
    this.#schedule();
  }

  /**
   * A batch failed, and with it all that waits if `queueToo`. If its server answered, one job may be the cause: then each
   * is sent alone.
   */
  #settle(batch: InferJob[], error: InferError, queueToo = false): void {
    this.#inFlight--;
    this.#jobsSent -= batch.length;
    if (error.answered && batch.length > 1) {
      for (const job of batch) {
        this.#alone.push(job);
        this.#queuedRows += job.rows;
      }
    } else {
      const failed = queueToo ? [...batch, ...this.#takeQueued()] : batch;
      if (!error.answered) this.#listener.failed?.(error, failed.length);
      for (const job of failed) job.fail(error);
    }
    this.#schedule();
  }

  #takeQueued(): InferJob[] {
    const jobs = [...this.#alone, ...this.#queue];
    this.#alone = [];
    this.#queue = [];
    this.#queuedRows = 0;
    return jobs;
  }
}

const stays = (job: InferJob, release?: string) => job.stays?.(release) !== false;
