import type { BatchSlice } from '../port/record-store.ts';
import type { RecordedPrediction } from '../port/recorded-prediction.ts';
import { writeUuid } from './uuid-v7.ts';

/*
 * One row, encoded once on the main thread and stored as it is (little-endian, as on all of Node's platforms):
 *
 *   0  id, 16 bytes                       16  u16 version · u16 route · i16 label · u16 error (0 = none)
 *  24  u16 features · u16 classes · u16 user hash bytes · u16 format      <- from here on: the stored `data`
 *  32  f64 latency (s) · f64 each feature · f64 each probability · user hash in UTF-8, padded to 8 bytes
 */
export const DATA_OFFSET = 24;
const FIXED_BYTES = 40;
const BATCH_BYTES = 64 * 1024;
const MAX_COUNT = 0xffff;

/** A row's words as numbers into the dictionaries that go with each message; error 0 is none, then 1-based. */
export type RowCodes = { version: number; route: number; error: number };

/** Rows in one transferable buffer, oldest first. */
export class RowBatch implements BatchSlice {
  readonly buffer: ArrayBuffer;
  readonly #bytes: Buffer;
  readonly #halves: Uint16Array;
  readonly #doubles: Float64Array;
  start = 0;
  end = 0;
  rows = 0;

  constructor(buffer = new ArrayBuffer(BATCH_BYTES)) {
    this.buffer = buffer;
    this.#bytes = Buffer.from(buffer);
    this.#halves = new Uint16Array(buffer);
    this.#doubles = new Float64Array(buffer);
  }

  /** An empty batch with room for at least this row, in the buffer given when that is large enough. */
  static for(row: RecordedPrediction, used?: ArrayBuffer): RowBatch {
    const bytes = rowBytes(row);
    return new RowBatch(used && used.byteLength >= bytes ? used : new ArrayBuffer(Math.max(BATCH_BYTES, bytes)));
  }

  /** False, changing nothing, when there is no room left. */
  push(row: RecordedPrediction, { version, route, error }: RowCodes): boolean {
    const { features, probability, userHash } = row;
    const classes = probability === null ? 0 : Math.min(probability.length, MAX_COUNT);
    const columns = Math.min(features.length, MAX_COUNT);
    const hash = userHash === null ? 0 : Buffer.byteLength(userHash);
    const { end } = this;
    const next = end + FIXED_BYTES + 8 * (columns + classes) + padded(hash);
    if (next > this.buffer.byteLength) return false;

    writeUuid(row.id, this.#bytes, end);
    const half = (end + 16) >> 1;
    this.#halves[half] = version;
    this.#halves[half + 1] = route;
    this.#halves[half + 2] = row.label;
    this.#halves[half + 3] = error;
    this.#halves[half + 4] = columns;
    this.#halves[half + 5] = classes;
    this.#halves[half + 6] = hash;
    this.#halves[half + 7] = 0;
    let at = (end + 32) >> 3;
    this.#doubles[at++] = row.latencySeconds;
    for (let i = 0; i < columns; i++) this.#doubles[at++] = features[i] as number;
    if (probability !== null) for (let i = 0; i < classes; i++) this.#doubles[at++] = probability[i] as number;
    if (userHash !== null) this.#bytes.write(userHash, at << 3, hash, 'utf8');
    this.end = next;
    this.rows++;
    return true;
  }

  dropOldest(): void {
    const half = (this.start + DATA_OFFSET) >> 1;
    const numbers = (this.#halves[half] as number) + (this.#halves[half + 1] as number);
    this.start += FIXED_BYTES + 8 * numbers + padded(this.#halves[half + 2] as number);
    this.rows--;
  }
}

/** One encoded row as the worker meets it; `id` and `data` are views into the batch. */
export type EncodedRow = {
  id: Uint8Array;
  version: number;
  route: number;
  label: number;
  error: number;
  latencySeconds: number;
  data: Uint8Array;
};

/** Calls `visit` for each row, oldest first. The object is reused from row to row. */
export function eachRow({ buffer, start, end }: BatchSlice, visit: (row: EncodedRow) => void): void {
  const view = new DataView(buffer);
  const none = new Uint8Array();
  const row: EncodedRow = { id: none, version: 0, route: 0, label: 0, error: 0, latencySeconds: 0, data: none };
  for (let at = start; at < end; ) {
    const numbers = view.getUint16(at + 24, true) + view.getUint16(at + 26, true);
    const bytes = FIXED_BYTES + 8 * numbers + padded(view.getUint16(at + 28, true));
    row.id = new Uint8Array(buffer, at, 16);
    row.version = view.getUint16(at + 16, true);
    row.route = view.getUint16(at + 18, true);
    row.label = view.getInt16(at + 20, true);
    row.error = view.getUint16(at + 22, true);
    row.latencySeconds = view.getFloat64(at + 32, true);
    row.data = new Uint8Array(buffer, at + DATA_OFFSET, bytes - DATA_OFFSET);
    visit(row);
    at += bytes;
  }
}

export type RowData = {
  latencySeconds: number;
  features: number[];
  probability: number[] | null;
  userHash: string | null;
};

/** Decodes the stored `data` of a row. */
export function readRowData(data: Uint8Array): RowData {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const columns = view.getUint16(0, true);
  const classes = view.getUint16(2, true);
  const hash = view.getUint16(4, true);
  const numbers = (from: number, n: number) => Array.from({ length: n }, (_, i) => view.getFloat64(from + 8 * i, true));
  const hashAt = 16 + 8 * (columns + classes);
  return {
    latencySeconds: view.getFloat64(8, true),
    features: numbers(16, columns),
    probability: classes === 0 ? null : numbers(16 + 8 * columns, classes),
    userHash: hash === 0 ? null : Buffer.from(data.subarray(hashAt, hashAt + hash)).toString('utf8'),
  };
}

function rowBytes({ features, probability, userHash }: RecordedPrediction): number {
  const hash = userHash === null ? 0 : Buffer.byteLength(userHash);
  return FIXED_BYTES + 8 * (features.length + (probability?.length ?? 0)) + padded(hash);
}

function padded(bytes: number): number {
  return (bytes + 7) & ~7;
}
