/** The rows of `{"instances":[[1,2],[3,4]], …}`, one after the other. */
export type NumberRows = {
  values: Float64Array;
  rows: number;
  /** The other members, as the text of an object; null: there are none. */
  rest: Buffer | null;
};

/**
 * Reads the rows of a batch from its JSON, each an array of `width` numbers, without a value for each array. The numbers are those of
 * `JSON.parse`, to the bit. Null for whatever looks otherwise, valid or not: `instances` has to come first, with 1 to `most` rows.
 */
export function readNumberRows(bytes: Buffer, width: number, most: number): NumberRows | null {
  let at = beginningOfRows(bytes);
  if (at < 0) return null;
  let values = scratch;
  for (let rows = 1; rows <= most; rows++) {
    if (rows * width > values.length) values = grown(values, rows * width);
    at = readRow(bytes, at, values, (rows - 1) * width, width);
    if (at < 0) return null;
    at = afterSpace(bytes, at);
    const byte = bytes[at];
    at = afterSpace(bytes, at + 1);
    if (byte === COMMA) continue;
    const rest = byte === CLOSE_ARRAY ? restOf(bytes, at) : undefined;
    return rest === undefined ? null : { values: values.slice(0, rows * width), rows, rest };
  }
  return null;
}

/** Puts the numbers of an array into `values` from `first` on. Returns where it ends; −1 unless it holds `width` numbers. */
function readRow(bytes: Buffer, from: number, values: Float64Array, first: number, width: number): number {
  if (bytes[from] !== OPEN_ARRAY) return -1;
  let at = from + 1;
  for (let i = 0; i < width; i++) {
    at = readNumber(bytes, (bytes[at] as number) <= SPACE ? afterSpace(bytes, at) : at, values, first + i);
    if (at < 0) return -1;
    if ((bytes[at] as number) <= SPACE) at = afterSpace(bytes, at);
    if (bytes[at++] !== (i < width - 1 ? COMMA : CLOSE_ARRAY)) return -1;
  }
  return at;
}

/** Puts a number, `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`, at `place`. Returns where it ends; −1 for anything else. */
function readNumber(bytes: Buffer, from: number, values: Float64Array, place: number): number {
  const negative = bytes[from] === MINUS;
  let at = negative ? from + 1 : from;
  let byte = bytes[at] as number;
  if (!isDigit(byte)) return -1;
  let digits = byte - ZERO;
  byte = bytes[++at] as number;
  if (digits !== 0) for (; isDigit(byte); byte = bytes[++at] as number) digits = digits * 10 + (byte - ZERO);
  let exponent = 0;
  if (byte === POINT) {
    const point = at;
    for (byte = bytes[++at] as number; isDigit(byte); byte = bytes[++at] as number)
      digits = digits * 10 + (byte - ZERO);
    exponent = point + 1 - at;
    if (exponent === 0) return -1;
  }
  if (byte === SMALL_E || byte === LARGE_E) {
    byte = bytes[++at] as number;
    const below = byte === MINUS;
    if (below || byte === PLUS) byte = bytes[++at] as number;
    if (!isDigit(byte)) return -1;
    let power = 0;
    for (; isDigit(byte); byte = bytes[++at] as number) power = power * 10 + (byte - ZERO);
    exponent += below ? -power : power;
  }

  let value: number;
  // an integer and a power of ten that doubles hold exactly: one operation, rounded once (Clinger 1990)
  if (digits < 2 ** 53 && exponent <= 22 && exponent >= -22) {
    value = exponent < 0 ? digits / (POWERS[-exponent] as number) : digits * (POWERS[exponent] as number);
    if (negative) value = -value;
  } else {
    value = Number(bytes.toString('latin1', from, at));
    if (!Number.isFinite(value)) return -1;
  }
  values[place] = value;
  return at;
}

const isDigit = (byte: number) => byte >= ZERO && byte <= NINE;

/** Where the first row may begin, −1 if the text does not begin so. */
function beginningOfRows(bytes: Buffer): number {
  if (bytes[0] !== OPEN_OBJECT) return -1;
  let at = afterSpace(bytes, 1);
  for (let i = 0; i < INSTANCES.length; i++) if (bytes[at++] !== INSTANCES[i]) return -1;
  at = afterSpace(bytes, at);
  if (bytes[at] !== COLON) return -1;
  at = afterSpace(bytes, at + 1);
  return bytes[at] === OPEN_ARRAY ? afterSpace(bytes, at + 1) : -1;
}

/** What comes after the rows; undefined if it is no end and no further member. */
function restOf(bytes: Buffer, at: number): Buffer | null | undefined {
  if (bytes[at] === CLOSE_OBJECT) return afterSpace(bytes, at + 1) === bytes.length ? null : undefined;
  if (bytes[at] !== COMMA) return undefined;
  const member = afterSpace(bytes, at + 1);
  if (bytes[member] !== QUOTE) return undefined;
  const rest = Buffer.from(bytes.subarray(member - 1));
  rest[0] = OPEN_OBJECT;
  return rest;
}

function afterSpace(bytes: Buffer, from: number): number {
  let at = from;
  for (let byte = bytes[at]; byte === SPACE || byte === LINE || byte === RETURN || byte === TAB; ) byte = bytes[++at];
  return at;
}

/** Rows are read into this, so that their number need not be known before; a larger one is not kept. */
let scratch = new Float64Array(1024);
const MOST_KEPT = 65_536;

function grown(values: Float64Array, needed: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(Math.max(needed, 2 * values.length));
  larger.set(values);
  if (larger.length <= MOST_KEPT) scratch = larger;
  return larger;
}

const INSTANCES = Buffer.from('"instances"');
/** 1 to 1e22: the powers of ten that doubles hold exactly. */
const POWERS = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));
const QUOTE = 0x22;
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
const [SPACE, LINE, RETURN, TAB] = [0x20, 0x0a, 0x0d, 0x09];
const [ZERO, NINE, MINUS, PLUS, POINT, COMMA, COLON] = [0x30, 0x39, 0x2d, 0x2b, 0x2e, 0x2c, 0x3a];
const [SMALL_E, LARGE_E] = [0x65, 0x45];
