import type { InferAnswer, InferJob } from './infer-job.ts';
import type { Signature } from './signature.ts';

/** An encoded Open Inference request: a body and the headers that describe it. */
export type WireRequest = { headers: Record<string, string>; body: Buffer | string };

type OutputHeader = {
  name: string;
  datatype: string;
  shape: number[];
  data?: unknown;
  parameters?: { binary_data_size?: number };
};

/** Encodes the rows of several jobs as one infer request: binary tensors if the server supports them, else JSON. */
export function encodeInfer(jobs: readonly InferJob[], rows: number, signature: Signature): WireRequest {
  return signature.binary ? encodeBinary(jobs, rows, signature) : encodeJson(jobs, rows, signature);
}

/**
 * Reads an infer answer. `headerLength` is the value of `Inference-Header-Content-Length`, undefined for a JSON body.
 * Throws when it is not an answer to `rows` rows.
 */
export function decodeInfer(
  body: Buffer,
  headerLength: string | undefined,
  rows: number,
  signature: Signature,
): InferAnswer {
  const jsonEnd = headerLength === undefined ? body.length : Number(headerLength);
  if (!(jsonEnd >= 2 && jsonEnd <= body.length)) throw new Error('wrong Inference-Header-Content-Length');
  const { outputs } = JSON.parse(body.toString('utf8', 0, jsonEnd)) as { outputs: OutputHeader[] };
  if (!Array.isArray(outputs)) throw new Error('no outputs');

  let labels: ArrayLike<number> | undefined;
  let probabilities: ArrayLike<number> | undefined;
  let offset = jsonEnd;
  for (const output of outputs) {
    const size = output.parameters?.binary_data_size;
    const kind = kindOf(output, signature);
    if (kind !== null) {
      const values = size === undefined ? flatNumbers(output.data) : numbers(body, offset, size, output.datatype);
      if (kind === 'label') labels = values;
      else probabilities = values;
    }
    if (size !== undefined) offset += size;
  }
  return checked(labels, probabilities, rows, signature.classes);
}

/** By name; by data type when the server's metadata named no outputs. */
function kindOf({ name, datatype }: OutputHeader, { label, probability }: Signature): 'label' | 'probability' | null {
  if (label === null && probability === null) return datatype.startsWith('FP') ? 'probability' : 'label';
  return name === label ? 'label' : name === probability ? 'probability' : null;
}

function encodeBinary(jobs: readonly InferJob[], rows: number, signature: Signature): WireRequest {
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

function encodeJson(jobs: readonly InferJob[], rows: number, signature: Signature): WireRequest {
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

function numbers(body: Buffer, offset: number, size: number, datatype: string): ArrayLike<number> {
  if (!(size >= 0 && offset + size <= body.length)) throw new Error('tensor beyond the end of the body');
  // copied: the tail may begin anywhere, a typed array only at a multiple of its element's size
  const bytes = body.buffer.slice(body.byteOffset + offset, body.byteOffset + offset + size);
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
      throw new Error(`output of data type ${datatype}`);
  }
}

/** Low and high halves to numbers; `BigInt64Array` would make an object of each. */
function fromInt64(halves: Int32Array): Float64Array {
  const values = new Float64Array(halves.length / 2);
  for (let i = 0; i < values.length; i++)
    values[i] = ((halves[2 * i] as number) >>> 0) + (halves[2 * i + 1] as number) * 2 ** 32;
  return values;
}

function flatNumbers(data: unknown): number[] {
  if (!Array.isArray(data)) throw new Error('output without data');
  return Array.isArray(data[0]) ? (data.flat(8) as number[]) : data;
}

function checked(
  labels: ArrayLike<number> | undefined,
  probabilities: ArrayLike<number> | undefined,
  rows: number,
  classes: number,
): InferAnswer {
  const shares = probabilities ?? oneHot(labels ?? [], classes);
  if (shares.length !== rows * classes) throw new Error(`${shares.length} probabilities for ${rows} rows`);
  for (let i = 0; i < shares.length; i++)
    if (!Number.isFinite(shares[i])) throw new Error('a probability is not a number');
  const winners = labels ?? largest(shares, classes);
  if (winners.length !== rows) throw new Error(`${winners.length} labels for ${rows} rows`);
  for (let i = 0; i < rows; i++) {
    const label = winners[i] as number;
    if (!(Number.isInteger(label) && label >= 0 && label < classes)) throw new Error('a label is not a class');
  }
  return { labels: winners, probabilities: shares, classes };
}

function oneHot(labels: ArrayLike<number>, classes: number): Float64Array {
  const shares = new Float64Array(labels.length * classes);
  for (let i = 0; i < labels.length; i++) shares[i * classes + (labels[i] as number)] = 1;
  return shares;
}

function largest(shares: ArrayLike<number>, classes: number): number[] {
  return Array.from({ length: shares.length / classes }, (_, row) => {
    let best = 0;
    for (let c = 1; c < classes; c++)
      if ((shares[row * classes + c] as number) > (shares[row * classes + best] as number)) best = c;
    return best;
  });
}
