import { isUtf8 } from 'node:buffer';

/** A text is not the JSON that is allowed: the message is for the client. */
export class JsonError extends Error {
  readonly status = 400;
}

/** Arrays and objects within each other: `JSON.parse` takes a hundred times as long for brackets as for numbers. */
export const MAX_JSON_DEPTH = 64;

/**
 * The value of a JSON text in UTF-8 (RFC 8259), with or without a byte order mark. Throws `JsonError` that says what is
 * wrong. The one parser of all JSON bodies, so that no two of them differ.
 */
export function parseJson(bytes: Buffer): unknown {
  mustBeShallow(bytes);
  const text = bytes.toString();
  // invalid bytes read as U+FFFD would turn a name or a user into another one; plain text is decided without a look at them
  if (text.includes('\ufffd') && !isUtf8(bytes)) throw new JsonError('The body is not UTF-8.');
  try {
    return JSON.parse(text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text);
  } catch (cause) {
    // the text of the error may quote the body: it is not shown
    throw new JsonError('The body is not valid JSON.', { cause });
  }
}

/** Counts brackets outside of strings, up to the first one too deep. */
function mustBeShallow(bytes: Buffer): void {
  // too short for more brackets that close again, as the body of nearly every prediction
  if (bytes.length <= 2 * MAX_JSON_DEPTH) return;
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (quoted) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) quoted = false;
    } else if (byte === QUOTE) quoted = true;
    else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
      depth += 1;
      if (depth > MAX_JSON_DEPTH)
        throw new JsonError(
          `The body nests arrays and objects deeper than is allowed: at most ${MAX_JSON_DEPTH} deep.`,
        );
    } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) depth -= 1;
  }
}

const [QUOTE, BACKSLASH, OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = Buffer.from('"\\[]{}');
const BYTE_ORDER_MARK = 0xfeff;
