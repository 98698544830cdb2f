import type { FeatureValue } from '@coppice/contract';

/*
 * Values that are not numbers, in the place of a feature's f64, as bit patterns of NaN, which no number has:
 *
 *   missing   7ff80000 00000000
 *   boolean   7ffa0000 00000000 for false, 7ffa0000 00000001 for true
 *   text      7ffc____ ________: u16 bytes of its UTF-8 · u32 where that begins in the row's data
 *
 * So a row of numbers is stored as it always was, and SQL can read the others (see sqlite-history-view.ts).
 */
const MISSING = 0x7ff8_0000;
const BOOLEAN = 0x7ffa_0000;
const TEXT = 0x7ffc_0000;
const MAX_TEXT_BYTES = 0xffff;

export function hasOthers(values: ArrayLike<FeatureValue>, from: number, n: number): boolean {
  if (values instanceof Float64Array) return false;
  for (let i = from; i < from + n; i++) if (typeof values[i] !== 'number') return true;
  return false;
}

/** A number, or 0 to hold the place of what `writeOthers` writes. */
export const numberOf = (value: FeatureValue): number => (typeof value === 'number' ? value : 0);

/** Bytes of the texts, each cut to 64 KB. */
export function othersBytes(values: ArrayLike<FeatureValue>, from: number, n: number): number {
  let bytes = 0;
  for (let i = from; i < from + n; i++) {
    const value = values[i];
    if (typeof value === 'string') bytes += Math.min(Buffer.byteLength(value), MAX_TEXT_BYTES);
  }
  return bytes;
}

/** Writes the values that are not numbers into a row's `data`, the texts from `textsAt` on. */
export function writeOthers(
  values: ArrayLike<FeatureValue>,
  from: number,
  n: number,
  data: Buffer,
  textsAt: number,
): void {
  let at = textsAt;
  for (let i = 0; i < n; i++) {
    const value = values[from + i];
    if (typeof value === 'number') continue;
    const slot = 16 + 8 * i;
    if (typeof value === 'string') {
      // whole characters only
      const bytes = data.write(value, at, Math.min(data.length - at, MAX_TEXT_BYTES), 'utf8');
      data.writeUInt32LE(at, slot);
      data.writeUInt16LE(bytes, slot + 4);
      data.writeUInt16LE(TEXT >>> 16, slot + 6);
      at += bytes;
    } else {
      data.writeUInt32LE(value === true ? 1 : 0, slot);
      data.writeUInt32LE(typeof value === 'boolean' ? BOOLEAN : MISSING, slot + 4);
    }
  }
}

/** The value at `slot` of a row's `data`. */
export function readValue(data: DataView, slot: number): FeatureValue {
  const high = data.getUint32(slot + 4, true);
  if (high === MISSING && data.getUint32(slot, true) === 0) return null;
  if (high === BOOLEAN) return data.getUint32(slot, true) === 1;
  if ((high & 0xffff_0000) >>> 0 !== TEXT) return data.getFloat64(slot, true);
  const text = new Uint8Array(data.buffer, data.byteOffset + data.getUint32(slot, true), high & 0xffff);
  return Buffer.from(text).toString('utf8');
}
