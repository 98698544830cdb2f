import { Worker } from 'node:worker_threads';
import type { ControlState } from '../port/control-store.ts';
import type { Stores } from '../port/database.ts';
import { StorageUnavailableError } from '../port/errors.ts';
import type { DatabaseOptions } from './open-database.ts';
import { fromWireError, type WireReply } from './wire.ts';

type Waiting = {
  resolve(result: unknown): void;
  reject(error: Error): void;
  returned?: (buffers: ArrayBuffer[]) => void;
};

type Arguments<F> = F extends (...args: infer A) => unknown ? A : never;
type Result<F> = F extends (...args: never[]) => infer R ? Awaited<R> : never;
/** What the thread reports by itself. */
export type Notices = {
  /** Another gateway saved this state. */
  changed?(state: ControlState): void;
  /** What a person should know; null when that is over. */
  warning?(warning: string | null): void;
};
type Transfer = { transfer?: ArrayBuffer[]; returned?: (buffers: ArrayBuffer[]) => void };

/** The stores of a database in a worker thread. */
export interface StoreLink<S extends keyof Stores = keyof Stores> {
  /**
   * Calls a store's method. Rejects with `StorageUnavailableError` while the database is unavailable. `transfer` moves
   * buffers to the thread; `returned` gets them back, whether the call succeeds or fails, unless the thread died.
   */
  call<K extends S, M extends keyof Stores[K] & string>(
    store: K,
    method: M,
    args: Arguments<Stores[K][M]>,
    transfer?: Transfer,
  ): Promise<Result<Stores[K][M]>>;
  /** Closes the database and ends the thread. */
  close(): Promise<void>;
}

/** Runs a database in a worker thread. The thread starts at the first call, and again after it has died. */
export class WorkerLink<S extends keyof Stores = keyof Stores> implements StoreLink<S> {
  readonly #options: DatabaseOptions;
  readonly #notices: Notices;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | null = null;
  #nextId = 0;

  constructor(options: DatabaseOptions, notices: Notices = {}) {
    this.#options = options;
    this.#notices = notices;
  }

  call<K extends S, M extends keyof Stores[K] & string>(
    store: K,
    method: M,
    args: Arguments<Stores[K][M]>,
    transfer: Transfer = {},
  ): Promise<Result<Stores[K][M]>> {
    return this.#post(store, method, args, transfer) as Promise<Result<Stores[K][M]>>;
  }

  async close(): Promise<void> {
    if (!this.#worker) return;
    await this.#post('thread', 'close', []).catch(() => {});
    await this.#worker?.terminate();
  }

  #post(store: string, method: string, args: unknown[], { transfer = [], returned }: Transfer = {}): Promise<unknown> {
    const worker = this.#started();
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, ...(returned ? { returned } : {}) });
      worker.postMessage({ id, store, method, args }, transfer);
    });
  }

  #started(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(new URL('./storage-worker.ts', import.meta.url), {
      workerData: this.#options,
      // SQLite needs little JavaScript memory, and the default young generation alone is 48 MB; pg builds messages as text
      resourceLimits: { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: this.#options.role === 'both' ? 192 : 64 },
    });
    worker.on('message', (message: WireReply | { changed: ControlState } | { warning: string | null }) => {
      if ('changed' in message) this.#notices.changed?.(message.changed);
      else if ('warning' in message) this.#notices.warning?.(message.warning);
      else this.#settle(message);
    });
    const died = (reason: string) => {
      if (this.#worker !== worker) return;
      this.#worker = null;
      const waiting = [...this.#waiting.values()];
      this.#waiting.clear();
      for (const { reject } of waiting) reject(new StorageUnavailableError(reason));
    };
    worker.on('error', (error) => died(`the record's thread failed: ${(error as Error).message}`));
    worker.on('exit', () => died("the record's thread has ended"));
    this.#worker = worker;
    return worker;
  }

  #settle(reply: WireReply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    waiting?.returned?.(reply.buffers);
    if ('error' in reply) waiting?.reject(fromWireError(reply.error));
    else waiting?.resolve(reply.result);
  }
}
