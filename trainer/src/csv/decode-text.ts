import { isUtf8 } from 'node:buffer';
import { DataError } from '../table/data-error.ts';

const utf8Mark = Buffer.of(0xef, 0xbb, 0xbf);

/**
 * The text of a file as UTF-8 without a byte-order mark, and the name of its encoding: UTF-8, or Latin-1 (as Windows writes
 * it) when the bytes are not UTF-8. Throws `DataError` for bytes that no text has.
 */
export function decodeText(bytes: Buffer, file: string): { text: Buffer; encoding: string } {
  if (bytes.subarray(0, 2).equals(Buffer.of(0xff, 0xfe)))
    return { text: Buffer.from(new TextDecoder('utf-16le').decode(bytes)), encoding: 'UTF-16' };
  if (bytes.includes(0))
    throw new DataError(`${file}, line ${lineOfZero(bytes)}: not text; save the table as UTF-8 CSV`);
  if (isUtf8(bytes))
    return { text: bytes.subarray(0, 3).equals(utf8Mark) ? bytes.subarray(3) : bytes, encoding: 'UTF-8' };
  return { text: Buffer.from(new TextDecoder('windows-1252').decode(bytes)), encoding: 'Latin-1' };
}

function lineOfZero(bytes: Buffer): number {
  let line = 1;
  const zero = bytes.indexOf(0);
  for (let at = bytes.indexOf(0x0a); at >= 0 && at < zero; at = bytes.indexOf(0x0a, at + 1)) line++;
  return line;
}
