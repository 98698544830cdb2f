import { MIMEType } from 'node:util';
import { HttpError } from './problem.ts';

/** Throws 415 unless a `Content-Type` is one of `allowed`, and in UTF-8: no JSON has another character set (RFC 8259). */
export function mustBeOfType(contentType: string | undefined, allowed: readonly string[]): void {
  const type = read(contentType ?? '');
  if (!type || !allowed.includes(type.essence)) {
    const found = contentType
      ? `Content-Type ${contentType.slice(0, 100)} is not supported`
      : 'Content-Type is missing';
    throw new HttpError(415, `${found}: must be ${allowed.join(' or ')}.`);
  }
  const charset = type.params.get('charset') ?? 'utf-8';
  if (charset.toLowerCase() !== 'utf-8')
    throw new HttpError(415, `The character set ${charset.slice(0, 40)} is not supported: use UTF-8.`);
}

function read(contentType: string): MIMEType | null {
  try {
    return new MIMEType(contentType);
  } catch {
    return null;
  }
}
