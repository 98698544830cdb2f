import type { InferAnswer } from './infer-job.ts';
import { type AnswerTensor, readTensors } from './read-tensors.ts';
import type { Signature } from './signature.ts';

type OutputHeader = {
  name: string;
  datatype: string;
  shape: number[];
  data?: unknown;
  parameters?: { binary_data_size?: number };
};

/**
 * Reads an infer answer. `headerLength` is the value of `Inference-Header-Content-Length`, undefined for a JSON body.
 * Throws when it is not a prediction for `rows` rows.
 */
export function decodeInfer(
  body: Buffer,
  headerLength: string | undefined,
  rows: number,
  signature: Signature,
): InferAnswer {
  const jsonEnd = headerLength === undefined ? body.length : Number(headerLength);
  if (!(jsonEnd >= 2 && jsonEnd <= body.length)) throw new Error('its Inference-Header-Content-Length is wrong');
  const outputs = readOutputs(body.toString('utf8', 0, jsonEnd));

  const tensors: AnswerTensor[] = [];
  let offset = jsonEnd;
  for (const output of outputs) {
    const size = output.parameters?.binary_data_size;
    tensors.push(readTensor(output, size === undefined ? null : slice(body, offset, size)));
    if (size !== undefined) offset += size;
  }
  return readTensors(tensors, rows, signature);
}

/** Bytes that no answer of so many rows has, however it is written. */
export function answerLimit(rows: number, { classes, classNames }: Signature): number {
  const longestName = Math.max(0, ...(classNames ?? []).map((name) => Buffer.byteLength(name)));
  return 64 * 1024 + rows * (128 + 2 * longestName + classes * 64);
}

function readOutputs(text: string): OutputHeader[] {
  let outputs: unknown;
  try {
    outputs = (JSON.parse(text) as { outputs?: unknown } | null)?.outputs;
  } catch {
    throw new Error('it is not JSON');
  }
  if (!Array.isArray(outputs) || !outputs.every((output) => typeof output === 'object' && output !== null))
    throw new Error('it has no outputs');
  return outputs;
}

function readTensor({ name, datatype, data }: OutputHeader, tail: Buffer | null): AnswerTensor {
  if (datatype === 'BYTES') return { name, kind: 'text', values: tail ? texts(tail) : flat(data) };
  const kind = datatype?.startsWith('FP') ? 'float' : 'integer';
  return { name, kind, values: tail ? numbers(tail, datatype) : (flat(data) as number[]) };
}

function slice(body: Buffer, offset: number, size: number): Buffer {
  if (!(size >= 0 && offset + size <= body.length)) throw new Error('a tensor ends beyond the end of its body');
  return body.subarray(offset, offset + size);
}

function numbers(tail: Buffer, datatype: string): ArrayLike<number> {
  // copied: the tail may begin anywhere, a typed array only at a multiple of its element's size
  const bytes = tail.buffer.slice(tail.byteOffset, tail.byteOffset + tail.length);
  switch (datatype) {
    case 'FP64':
      return new Float64Array(bytes);
    case 'FP32':
      return new Float32Array(bytes);
    case 'INT32':
      return new Int32Array(bytes);
    case 'INT64':
      return fromInt64(new Int32Array(bytes));
    default:
      throw new Error(`an output has data type ${datatype}: must be FP64, FP32, INT64, INT32 or BYTES`);
  }
}

/** Low and high halves to numbers; `BigInt64Array` would make an object of each. */
function fromInt64(halves: Int32Array): Float64Array {
  const values = new Float64Array(halves.length / 2);
  for (let i = 0; i < values.length; i++)
    values[i] = ((halves[2 * i] as number) >>> 0) + (halves[2 * i + 1] as number) * 2 ** 32;
  return values;
}

/** Each text stands behind its length, a little-endian 32-bit integer. */
function texts(tail: Buffer): string[] {
  const values: string[] = [];
  for (let at = 0; at < tail.length; ) {
    const size = at + 4 <= tail.length ? tail.readUInt32LE(at) : Number.POSITIVE_INFINITY;
    if (at + 4 + size > tail.length) throw new Error('a text ends beyond the end of its tensor');
    values.push(tail.toString('utf8', at + 4, at + 4 + size));
    at += 4 + size;
  }
  return values;
}

function flat(data: unknown): unknown[] {
  if (!Array.isArray(data)) throw new Error('an output has no data');
  return Array.isArray(data[0]) ? data.flat(8) : data;
}
