import { Worker } from 'node:worker_threads';
import type { ControlState } from '../port/control-store.ts';
import { RecordUnavailableError } from '../port/record-store.ts';
import type { StoreOptions } from './open-database.ts';
import { fromWireError, type WireReply } from './wire.ts';

type Waiting = {
  resolve(result: unknown): void;
  reject(error: Error): void;
  returned?: (buffers: ArrayBuffer[]) => void;
};

/** Calls methods of the store in a worker thread. The thread starts at the first call, and again after it has died. */
export class WorkerLink {
  readonly #options: StoreOptions;
  readonly #changed: (state: ControlState) => void;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | null = null;
  #nextId = 0;

  constructor(options: StoreOptions, changed: (state: ControlState) => void = () => {}) {
    this.#options = options;
    this.#changed = changed;
  }

  /**
   * Rejects with `RecordUnavailableError` when the database cannot do it now. `transfer` moves buffers to the worker;
   * `returned` gets them back, whatever became of the call, unless the worker died.
   */
  call<T>(
    method: string,
    args: unknown[],
    { transfer = [], returned }: { transfer?: ArrayBuffer[]; returned?: (buffers: ArrayBuffer[]) => void } = {},
  ): Promise<T> {
    const worker = this.#started();
    const id = this.#nextId++;
    return new Promise<unknown>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, ...(returned ? { returned } : {}) });
      worker.postMessage({ id, method, args }, transfer);
    }) as Promise<T>;
  }

  /** Closes the store and ends the thread. */
  async close(): Promise<void> {
    if (!this.#worker) return;
    await this.call('close', []).catch(() => {});
    await this.#worker?.terminate();
  }

  #started(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(new URL('./storage-worker.ts', import.meta.url), {
      workerData: this.#options,
      // beside SQLite little is needed, and the default young generation alone is 48 MB; pg builds its messages as text
      resourceLimits: { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: this.#options.role === 'both' ? 192 : 64 },
    });
    worker.on('message', (message: WireReply | { changed: ControlState }) => {
      if ('changed' in message) this.#changed(message.changed);
      else this.#settle(message);
    });
    const died = (reason: string) => {
      if (this.#worker !== worker) return;
      this.#worker = null;
      const waiting = [...this.#waiting.values()];
      this.#waiting.clear();
      for (const { reject } of waiting) reject(new RecordUnavailableError(reason));
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
