import type { BatchSlice } from '../storage/port/record-store.ts';
import type { RecordedPrediction } from '../storage/port/recorded-prediction.ts';
import { RowBatch, type RowCodes } from '../storage/rows/row-batch.ts';

const MAX_POOLED = 64;

/** Encoded rows that wait to be written: bounded, drops the oldest. */
export class RowQueue {
  readonly #maxRows: number;
  readonly #pool: ArrayBuffer[] = [];
  #batches: RowBatch[] = [];
  #tail: RowBatch | null = null;
  rows = 0;

  constructor(maxRows: number) {
    this.#maxRows = maxRows;
  }

  /** Adds a row and returns how many it dropped (0 or 1). `taken` rows are with the writer and count against the bound. */
  push(row: RecordedPrediction, codes: RowCodes, taken: number): number {
    if (!this.#tail?.push(row, codes)) this.#open(row).push(row, codes);
    this.rows++;
    if (this.rows + taken <= this.#maxRows) return 0;
    this.#dropOldest();
    return 1;
  }

  /** Removes and returns the oldest batches, until they hold `rows` rows. */
  take(rows = Number.POSITIVE_INFINITY): RowBatch[] {
    let taken = 0;
    let batches = 0;
    while (batches < this.#batches.length && taken < rows) taken += (this.#batches[batches++] as RowBatch).rows;
    if (batches === this.#batches.length) this.#tail = null;
    this.rows -= taken;
    return this.#batches.splice(0, batches);
  }

  /** Puts unwritten batches back, in front; returns how many rows it dropped. */
  putBack(slices: readonly BatchSlice[]): number {
    this.#batches.unshift(...slices.map(toBatch));
    this.rows += slices.reduce((rows, slice) => rows + slice.rows, 0);
    let dropped = 0;
    for (; this.rows > this.#maxRows; dropped++) this.#dropOldest();
    return dropped;
  }

  /** Reuses the buffers of written batches. */
  recycle(buffers: readonly ArrayBuffer[]): void {
    for (const buffer of buffers) if (this.#pool.length < MAX_POOLED) this.#pool.push(buffer);
  }

  #open(row: RecordedPrediction): RowBatch {
    this.#tail = RowBatch.for(row, this.#pool.pop());
    this.#batches.push(this.#tail);
    return this.#tail;
  }

  #dropOldest(): void {
    const oldest = this.#batches[0] as RowBatch;
    oldest.dropOldest();
    this.rows--;
    if (oldest.rows > 0) return;
    this.#batches.shift();
    if (oldest === this.#tail) this.#tail = null;
    this.recycle([oldest.buffer]);
  }
}

function toBatch({ buffer, start, end, rows }: BatchSlice): RowBatch {
  return Object.assign(new RowBatch(buffer), { start, end, rows });
}
