import type { FeatureValue } from '@coppice/contract';
import type { BatchSlice } from '../port/record-store.ts';
import type { RecordedPrediction } from '../port/recorded-prediction.ts';
import { hasOthers, numberOf, othersBytes, readValue, writeOthers } from './typed-values.ts';
import { writeUuid } from './uuid-v7.ts';

/*
 * One row, encoded once on the main thread (little-endian, as on all of Node's platforms):
 *
 *   0  id, 16 bytes                       16  u16 origin · u16 route · i16 label · u16 error (0 = none)
 *  24  u32 bytes of data · u16 reference bytes · u8 bucket · u8 1 for the first row of a request
 *  32  the stored `data`, unchanged:
 *        0  u16 features · u16 classes · u16 user hash bytes · u16 format
 *        8  f64 latency (s) · f64 each feature · f64 each probability · user hash in UTF-8
 *           · format 1 only: texts of features in UTF-8 · padded to 8 bytes
 *      reference in UTF-8, padded to 8 bytes
 *
 * Format 0: every feature is a number. Format 1: some are not (booleans among them since schema 4 of SQLite), see
 * typed-values.ts.
 */
const DATA_OFFSET = 32;
const DATA_FIXED_BYTES = 16;
const FIXED_BYTES = DATA_OFFSET + DATA_FIXED_BYTES;
const BATCH_BYTES = 64 * 1024;
const MAX_COUNT = 0xffff;

type Row = RecordedPrediction;

/** A row's words as numbers into the dictionaries in each message; error 0 is none, then 1-based. */
export type RowCodes = { origin: number; route: number; error: number };

/** Rows in one transferable buffer, oldest first. */
export class RowBatch implements BatchSlice {
  readonly buffer: ArrayBuffer;
  readonly #bytes: Buffer;
  readonly #halves: Uint16Array;
  readonly #words: Uint32Array;
  readonly #doubles: Float64Array;
  start = 0;
  end = 0;
  rows = 0;

  constructor(buffer = new ArrayBuffer(BATCH_BYTES)) {
    this.buffer = buffer;
    this.#bytes = Buffer.from(buffer);
    this.#halves = new Uint16Array(buffer);
    this.#words = new Uint32Array(buffer);
    this.#doubles = new Float64Array(buffer);
  }

  /** An empty batch with room for at least this row, in the given buffer if that is large enough. */
  static for(row: Row, used?: ArrayBuffer): RowBatch {
    const bytes = rowBytes(row);
    return new RowBatch(used && used.byteLength >= bytes ? used : new ArrayBuffer(Math.max(BATCH_BYTES, bytes)));
  }

  /** False, changing nothing, when the batch is full. */
  push(row: Row, { origin, route, error }: RowCodes): boolean {
    const { features, featuresAt = 0, probability, probabilityAt = 0, userHash, reference } = row;
    const classes = Math.min(classesOf(row), MAX_COUNT);
    const columns = Math.min(columnsOf(row), MAX_COUNT);
    const hash = userHash === null ? 0 : Buffer.byteLength(userHash);
    const others = hasOthers(features, featuresAt, columns);
    const key = reference === null ? 0 : Buffer.byteLength(reference);
    const textsAt = DATA_FIXED_BYTES + 8 * (columns + classes) + hash;
    const data = padded(textsAt + (others ? othersBytes(features, featuresAt, columns) : 0));
    const { end } = this;
    const next = end + DATA_OFFSET + data + padded(key);
    if (next > this.buffer.byteLength) return false;

    writeUuid(row.id, this.#bytes, end);
    const half = (end + 16) >> 1;
    this.#halves[half] = origin;
    this.#halves[half + 1] = route;
    this.#halves[half + 2] = row.label;
    this.#halves[half + 3] = error;
    this.#words[(end + 24) >> 2] = data;
    this.#halves[half + 6] = key;
    this.#bytes[end + 30] = row.bucket;
    this.#bytes[end + 31] = row.first ? 1 : 0;
    this.#halves[half + 8] = columns;
    this.#halves[half + 9] = classes;
    this.#halves[half + 10] = hash;
    this.#halves[half + 11] = others ? 1 : 0;
    const dataAt = end + DATA_OFFSET;
    let at = (dataAt + 8) >> 3;
    this.#doubles[at++] = row.latencySeconds;
    for (let i = 0; i < columns; i++) this.#doubles[at++] = numberOf(features[featuresAt + i] as FeatureValue);
    if (probability !== null)
      for (let i = 0; i < classes; i++) this.#doubles[at++] = probability[probabilityAt + i] as number;
    if (userHash !== null) this.#bytes.write(userHash, at << 3, hash, 'utf8');
    if (others) writeOthers(features, featuresAt, columns, this.#bytes.subarray(dataAt, dataAt + data), textsAt);
    if (reference !== null) this.#bytes.write(reference, dataAt + data, key, 'utf8');
    this.end = next;
    this.rows++;
    return true;
  }

  dropOldest(): void {
    this.start +=
      DATA_OFFSET +
      (this.#words[(this.start + 24) >> 2] as number) +
      padded(this.#halves[(this.start + 28) >> 1] as number);
    this.rows--;
  }
}

/** One encoded row in the worker; `id` and `data` are views into the batch. */
export type EncodedRow = {
  id: Uint8Array;
  /** Milliseconds since the epoch, of the id. */
  time: number;
  origin: number;
  route: number;
  label: number;
  error: number;
  failed: boolean;
  latencySeconds: number;
  reference: string | null;
  bucket: number;
  /** The first row of its request. */
  first: boolean;
  data: Uint8Array;
};

/** Calls `visit` for each row, oldest first, with one object that it reuses. */
export function eachRow({ buffer, start, end }: BatchSlice, visit: (row: EncodedRow) => void): void {
  const view = new DataView(buffer);
  const none = new Uint8Array();
  const row: EncodedRow = {
    ...{ id: none, origin: 0, route: 0, label: 0, error: 0, latencySeconds: 0, reference: null, data: none },
    ...{ time: 0, failed: false, bucket: 0, first: false },
  };
  for (let at = start; at < end; ) {
    const dataAt = at + DATA_OFFSET;
    const referenceAt = dataAt + view.getUint32(at + 24, true);
    const key = view.getUint16(at + 28, true);
    row.id = new Uint8Array(buffer, at, 16);
    row.time = view.getUint32(at) * 65_536 + view.getUint16(at + 4);
    row.origin = view.getUint16(at + 16, true);
    row.route = view.getUint16(at + 18, true);
    row.label = view.getInt16(at + 20, true);
    row.error = view.getUint16(at + 22, true);
    row.failed = row.label < 0;
    row.bucket = view.getUint8(at + 30);
    row.first = view.getUint8(at + 31) === 1;
    row.latencySeconds = view.getFloat64(dataAt + 8, true);
    row.data = new Uint8Array(buffer, dataAt, referenceAt - dataAt);
    row.reference = key === 0 ? null : Buffer.from(buffer, referenceAt, key).toString('utf8');
    visit(row);
    at = referenceAt + padded(key);
  }
}

export type RowData = {
  latencySeconds: number;
  features: FeatureValue[];
  probability: number[] | null;
  userHash: string | null;
};

/** Decodes the stored `data` of a row. */
export function readRowData(data: Uint8Array): RowData {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const columns = view.getUint16(0, true);
  const classes = view.getUint16(2, true);
  const hash = view.getUint16(4, true);
  const typed = view.getUint16(6, true) === 1;
  const numbers = (from: number, n: number) => Array.from({ length: n }, (_, i) => view.getFloat64(from + 8 * i, true));
  const hashAt = DATA_FIXED_BYTES + 8 * (columns + classes);
  return {
    latencySeconds: view.getFloat64(8, true),
    features: typed
      ? Array.from({ length: columns }, (_, i) => readValue(view, DATA_FIXED_BYTES + 8 * i))
      : numbers(DATA_FIXED_BYTES, columns),
    probability: classes === 0 ? null : numbers(DATA_FIXED_BYTES + 8 * columns, classes),
    userHash: hash === 0 ? null : Buffer.from(data.subarray(hashAt, hashAt + hash)).toString('utf8'),
  };
}

/** One value of the stored `data` of a row, without decoding the others; null for a place that it does not have. */
export function featureAt(data: Uint8Array, place: number): FeatureValue {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (place < 0 || place >= view.getUint16(0, true)) return null;
  const slot = DATA_FIXED_BYTES + 8 * place;
  return view.getUint16(6, true) === 1 ? readValue(view, slot) : view.getFloat64(slot, true);
}

/** The largest probability in the stored `data` of a row; null without any. */
export function maxProbability(data: Uint8Array): number | null {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const classes = view.getUint16(2, true);
  const at = DATA_FIXED_BYTES + 8 * view.getUint16(0, true);
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < classes; i++) most = Math.max(most, view.getFloat64(at + 8 * i, true));
  return classes === 0 ? null : most;
}

/** A row that shares its values with others has those from `featuresAt` on. */
const columnsOf = ({ columns, features, featuresAt }: Row) =>
  featuresAt === undefined ? features.length : columns.length;
const classesOf = ({ probability, classes }: Row) => (probability === null ? 0 : (classes ?? probability.length));

function rowBytes(row: Row): number {
  const { features, featuresAt = 0, userHash, reference } = row;
  const columns = columnsOf(row);
  const hash = userHash === null ? 0 : Buffer.byteLength(userHash);
  const key = reference === null ? 0 : Buffer.byteLength(reference);
  const numbers = 8 * (columns + classesOf(row));
  return FIXED_BYTES + padded(numbers + hash + othersBytes(features, featuresAt, columns)) + padded(key);
}

function padded(bytes: number): number {
  return (bytes + 7) & ~7;
}
