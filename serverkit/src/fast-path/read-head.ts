/** The head of a request that is as plain as can be. Header names are in lower case. */
export type Head = {
  headers: Readonly<Record<string, string | undefined>>;
  /** Bytes of its body. */
  length: number;
};

/**
 * Reads the head of a request, without the empty line at its end. Null unless each byte of it means the same to every HTTP parser:
 * a line that ends in `HTTP/1.1`, one `Host`, one `Content-Length` in digits, no other framing (`Transfer-Encoding`, `Expect`, `Upgrade`), no
 * header twice, names of token characters right before the colon, values of visible ASCII (a subset of RFC 9112, section 5).
 */
export function readHead(text: string, requestLine: string): Head | null {
  const [first, ...lines] = text.split('\r\n');
  if (first !== requestLine || lines.length > MOST_HEADERS) return null;
  const headers: Record<string, string> = Object.create(null);
  for (const line of lines) {
    const [, name, value] = FIELD.exec(line) ?? [];
    if (name === undefined || value === undefined) return null;
    const key = name.toLowerCase();
    if (key in headers || UNUSUAL.has(key)) return null;
    headers[key] = value;
  }
  const { host, connection = 'keep-alive', 'content-length': length = '' } = headers;
  if (!host || connection.toLowerCase() !== 'keep-alive' || !/^[1-9]\d{0,6}$/.test(length)) return null;
  return { headers, length: Number(length) };
}

const MOST_HEADERS = 50;
/** No space before the colon, no tab, and no line that goes on in the next one. */
const FIELD = /^([!#$%&'*+.^_`|~\dA-Za-z-]+): *([\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?) *$/;
/** Headers that change what follows the head, or how it is read; Node leaves the last one out. */
const UNUSUAL = new Set([
  'transfer-encoding',
  'expect',
  'upgrade',
  'te',
  'trailer',
  'content-encoding',
  'http2-settings',
  '__proto__',
]);
