import { isUtf8 } from 'node:buffer';

/**
 * The text of a request's header; undefined if it is absent or empty. Node reads each byte as a character (Latin-1), but
 * clients send UTF-8: bytes that are UTF-8 are read as such, so that a name in a header and in a body is the same one.
 */
export function headerText(header: string | string[] | undefined): string | undefined {
  if (typeof header !== 'string' || header === '') return undefined;
  if (!/[\x80-\xff]/.test(header)) return header;
  const bytes = Buffer.from(header, 'latin1');
  return isUtf8(bytes) ? bytes.toString() : header;
}
