/** A field of a serialized message: its number, its value (bytes of a nested message or text; an integer), all its bytes. */
export type WireField = { number: number; bytes: Uint8Array; integer: bigint; raw: Uint8Array };

/** Why bytes are no message. */
export class BrokenMessageError extends Error {}

const NONE: Uint8Array = new Uint8Array();

/**
 * The fields of a serialized message one by one (https://protobuf.dev/programming-guides/encoding). Throws
 * `BrokenMessageError` for bytes that are none.
 */
export function* wireFields(message: Uint8Array): Generator<WireField, void> {
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = message[at++];
      if (byte === undefined) throw new BrokenMessageError('a number is cut off');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, value);
    }
    throw new BrokenMessageError('a number has too many bytes');
  };
  const take = (length: number): Uint8Array => {
    if (length < 0 || at + length > message.length) throw new BrokenMessageError('a field is cut off');
    at += length;
    return message.subarray(at - length, at);
  };
  while (at < message.length) {
    const start = at;
    const tag = Number(varint());
    const [number, type] = [Math.floor(tag / 8), tag % 8];
    let bytes = NONE;
    let integer = 0n;
    if (type === 0) integer = varint();
    else if (type === 1) bytes = take(8);
    else if (type === 2) bytes = take(Number(varint()));
    else if (type === 5) bytes = take(4);
    else throw new BrokenMessageError(`a field has the unknown type ${type}`);
    if (number < 1) throw new BrokenMessageError(`a field has the number ${number}`);
    yield { number, bytes, integer, raw: message.subarray(start, at) };
  }
}

/** A field that holds bytes, serialized. */
export function bytesField(number: number, bytes: Uint8Array): Uint8Array {
  return Buffer.concat([varintBytes(number * 8 + 2), varintBytes(bytes.length), bytes]);
}

/** Integers of a repeated field that are packed. */
export function packedIntegers(bytes: Uint8Array): bigint[] {
  const values: bigint[] = [];
  let [value, shift] = [0n, 0n];
  for (const byte of bytes) {
    value |= BigInt(byte & 0x7f) << shift;
    shift += 7n;
    if (byte >= 0x80) continue;
    values.push(BigInt.asIntN(64, value));
    [value, shift] = [0n, 0n];
  }
  return values;
}

function varintBytes(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80);
  return Uint8Array.of(...bytes, rest);
}
