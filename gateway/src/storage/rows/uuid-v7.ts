const DASHES = new Set([8, 13, 18, 23]);
/** Positions of the 32 hex digits in a uuid's 36 characters. */
const DIGITS = Uint8Array.from([...Array(36).keys()].filter((i) => !DASHES.has(i)));
const HEX = new Uint8Array(128).map((_, code) => Number.parseInt(String.fromCharCode(code), 16) || 0);

/** Writes the 16 bytes of a uuid's text at `at`. Expects a well-formed uuid: any other text gives wrong bytes. */
export function writeUuid(id: string, target: Uint8Array, at: number): void {
  for (let i = 0; i < 16; i++) {
    const high = HEX[id.charCodeAt(DIGITS[2 * i] as number)] as number;
    target[at + i] = (high << 4) | (HEX[id.charCodeAt(DIGITS[2 * i + 1] as number)] as number);
  }
}

export function uuidBytes(id: string): Uint8Array {
  const bytes = new Uint8Array(16);
  writeUuid(id, bytes, 0);
  return bytes;
}

export function uuidText(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, 16).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Milliseconds since the epoch that a uuid v7 holds in its first 48 bits (RFC 9562, section 5.7). */
export function uuidTime(bytes: Uint8Array, at = 0): number {
  let ms = 0;
  for (let i = 0; i < 6; i++) ms = ms * 256 + (bytes[at + i] as number);
  return ms;
}

/** The lowest id of a millisecond: exactly the uuid v7s of earlier milliseconds sort below it. */
export function uuidFloor(ms: number): Uint8Array {
  const bytes = new Uint8Array(16);
  let rest = Math.min(Math.max(Math.ceil(ms), 0), 2 ** 48 - 1);
  for (let i = 5; i >= 0; i--) {
    bytes[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return bytes;
}

/** The lowest id above this one. */
export function uuidAbove(id: Uint8Array): Uint8Array {
  const bytes = Uint8Array.from(id);
  let i = 15;
  while (i > 0 && bytes[i] === 0xff) bytes[i--] = 0;
  bytes[i] = (bytes[i] as number) + 1;
  return bytes;
}

/** An opaque position in the history: the id of a page's last row. */
export function encodeCursor(id: Uint8Array): string {
  return Buffer.from(id).toString('base64url');
}

/** Null for text that is not a cursor. */
export function decodeCursor(cursor: string): Uint8Array | null {
  return /^[\w-]{22}$/.test(cursor) ? new Uint8Array(Buffer.from(cursor, 'base64url')) : null;
}
