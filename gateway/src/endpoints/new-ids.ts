import { randomFillSync, randomUUIDv7 } from 'node:crypto';

/** Where the digits of each byte stand in a uuid's text. */
const PLACES = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
const DASHES = [8, 13, 18, 23];
const DIGITS = Buffer.from('0123456789abcdef');
const DASH = 45;

/** So many uuids of version 7 (RFC 9562, section 5.7) of this moment, the text of all written at once. */
export function newIds(n: number): string[] {
  if (n === 1) return [randomUUIDv7()];
  const bytes = randomFillSync(new Uint8Array(16 * n));
  const now = Date.now();
  const time = Array.from({ length: 6 }, (_, i) => Math.floor(now / 256 ** (5 - i)) % 256);
  const text = Buffer.allocUnsafe(36 * n);
  for (let i = 0; i < n; i++) {
    const from = 16 * i;
    bytes.set(time, from);
    bytes[from + 6] = 0x70 | ((bytes[from + 6] as number) & 0x0f);
    bytes[from + 8] = 0x80 | ((bytes[from + 8] as number) & 0x3f);
    const to = 36 * i;
    for (let j = 0; j < 16; j++) {
      const byte = bytes[from + j] as number;
      const at = to + (PLACES[j] as number);
      text[at] = DIGITS[byte >> 4] as number;
      text[at + 1] = DIGITS[byte & 15] as number;
    }
    for (const dash of DASHES) text[to + dash] = DASH;
  }
  // parts of one text, which need no memory of their own
  const all = text.toString('latin1');
  return Array.from({ length: n }, (_, i) => all.slice(36 * i, 36 * i + 36));
}
