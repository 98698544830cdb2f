import { checkAnswer } from './check-answer.ts';
import { classIndices } from './class-indices.ts';
import type { InferAnswer, RowsToInfer } from './infer-job.ts';
import type { Signature } from './signature.ts';
import type { WireRequest } from './upstream.ts';

type OutputHeader = {
  name: string;
  datatype: string;
  shape: number[];
  data?: unknown;
  parameters?: { binary_data_size?: number };
};

/** Encodes the rows of several jobs as one infer request: binary tensors if the server supports them, else JSON. */
export function encodeInfer(jobs: readonly RowsToInfer[], rows: number, signature: Signature): WireRequest {
  return signature.binary ? encodeBinary(jobs, rows, signature) : encodeJson(jobs, rows, signature);
}

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

  let labels: ArrayLike<number> | null = null;
  let probabilities: ArrayLike<number> | null = null;
  let offset = jsonEnd;
  for (const output of outputs) {
    const size = output.parameters?.binary_data_size;
    const kind = kindOf(output, signature);
    const tail = size === undefined ? null : slice(body, offset, size);
    if (kind === 'label') labels = readLabels(output, tail, signature);
    else if (kind === 'probability') probabilities = readNumbers(output, tail);
    if (size !== undefined) offset += size;
  }
  return checkAnswer(labels, probabilities, rows, signature);
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

/** By name; by data type when the server's metadata named no outputs. */
function kindOf({ name, datatype }: OutputHeader, { label, probability }: Signature): 'label' | 'probability' | null {
  if (label === null && probability === null) return datatype?.startsWith('FP') ? 'probability' : 'label';
  return name === label ? 'label' : name === probability ? 'probability' : null;
}

function encodeBinary(jobs: readonly RowsToInfer[], rows: number, signature: Signature): WireRequest {
  const { input, datatype, features } = signature;
  const Numbers = datatype === 'FP64' ? Float64Array : Float32Array;
  const size = rows * features * Numbers.BYTES_PER_ELEMENT;
  const header =
    `{"inputs":[{"name":${JSON.stringify(input)},"shape":[${rows},${features}],"datatype":"${datatype}",` +
    `"parameters":{"binary_data_size":${size}}}],"parameters":{"binary_data_output":true}${wantedOutputs(signature, true)}}`;
  // padded with spaces, which JSON allows at its end, so that the numbers begin where a typed array may
  const headerLength = (Buffer.byteLength(header) + 7) & ~7;
  const body = Buffer.allocUnsafeSlow(headerLength + size);
  body.fill(0x20, body.write(header), headerLength);
  const tensor = new Numbers(body.buffer, headerLength, rows * features);
  let at = 0;
  for (const job of jobs) {
    tensor.set(job.features, at);
    at += job.rows * features;
  }
  return {
    headers: {
      'content-type': 'application/octet-stream',
      'inference-header-content-length': String(headerLength),
    },
    body,
  };
}

function encodeJson(jobs: readonly RowsToInfer[], rows: number, signature: Signature): WireRequest {
  const { input, datatype, features } = signature;
  const data: number[] = [];
  for (const job of jobs) for (let i = 0; i < job.features.length; i++) data.push(job.features[i] as number);
  return {
    headers: { 'content-type': 'application/json' },
    body:
      `{"inputs":[{"name":${JSON.stringify(input)},"shape":[${rows},${features}],"datatype":"${datatype}",` +
      `"data":[${data.join(',')}]}]${wantedOutputs(signature, false)}}`,
  };
}

/** Some servers return class probabilities only on request (MLServer's scikit-learn runtime). */
function wantedOutputs({ label, probability }: Signature, binary: boolean): string {
  const names = [label, probability].filter((name) => name !== null);
  const parameters = binary ? ',"parameters":{"binary_data":true}' : '';
  if (names.length === 0) return '';
  return `,"outputs":[${names.map((name) => `{"name":${JSON.stringify(name)}${parameters}}`).join(',')}]`;
}

function slice(body: Buffer, offset: number, size: number): Buffer {
  if (!(size >= 0 && offset + size <= body.length)) throw new Error('a tensor ends beyond the end of its body');
  return body.subarray(offset, offset + size);
}

function readNumbers({ data, datatype }: OutputHeader, tail: Buffer | null): ArrayLike<number> {
  return tail ? numbers(tail, datatype) : (flat(data) as number[]);
}

/** Labels as indices of the classes. Those of a server that returns the class itself are looked up. */
function readLabels(output: OutputHeader, tail: Buffer | null, signature: Signature): ArrayLike<number> {
  const named = output.datatype === 'BYTES' || signature.labelsAreNames;
  if (!named) return readNumbers(output, tail);
  const values =
    output.datatype === 'BYTES' ? (tail ? texts(tail) : flat(output.data)) : Array.from(readNumbers(output, tail));
  return classIndices(values, signature.classNames);
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
