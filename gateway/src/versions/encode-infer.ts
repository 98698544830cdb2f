import type { ColumnMap } from './column-map.ts';
import type { RowsToInfer } from './infer-job.ts';
import type { InputTensor, Signature } from './signature.ts';
import type { WireRequest } from './upstream.ts';
import { eachOfColumn, eachValue, numberOf, textOf } from './wire-value.ts';

/** Rows of several jobs as one version takes them. */
type Batch = { jobs: readonly RowsToInfer[]; rows: number; columns: ColumnMap };

/**
 * Encodes the rows of several jobs as one infer request: binary tensors if the server supports them, else JSON. `columns`
 * finds the version's columns among those of each job.
 */
export function encodeInfer(
  jobs: readonly RowsToInfer[],
  rows: number,
  signature: Signature,
  columns: ColumnMap,
): WireRequest {
  const batch = { jobs, rows, columns };
  return signature.binary ? encodeBinary(batch, signature) : encodeJson(batch, signature);
}

function encodeBinary(batch: Batch, signature: Signature): WireRequest {
  const { inputs, features } = signature;
  const { rows } = batch;
  const texts = inputs.map((input) => (input.datatype === 'BYTES' ? encodeTexts(batch, input.column ?? 0) : null));
  const sizes = inputs.map(
    ({ datatype, column }, i) => texts[i]?.length ?? rows * (column === null ? features : 1) * bytesOf(datatype),
  );
  const header =
    `{"inputs":[${inputs.map((input, i) => `${inputHeader(input, rows, features)},"parameters":{"binary_data_size":${sizes[i]}}}`).join(',')}]` +
    `,"parameters":{"binary_data_output":true}${wantedOutputs(signature, true)}}`;
  // padded with spaces, which JSON allows at its end, so that the numbers begin where a typed array may
  const headerLength = (Buffer.byteLength(header) + 7) & ~7;
  const body = Buffer.allocUnsafeSlow(headerLength + sizes.reduce((sum, size) => sum + size, 0));
  body.fill(0x20, body.write(header), headerLength);
  let offset = headerLength;
  for (const [i, input] of inputs.entries()) {
    const size = sizes[i] as number;
    const text = texts[i];
    if (text) body.set(text, offset);
    else writeNumbers(batch, input, features, body.subarray(offset, offset + size));
    offset += size;
  }
  return {
    headers: {
      'content-type': 'application/octet-stream',
      'inference-header-content-length': String(headerLength),
    },
    body,
  };
}

function writeNumbers(
  { jobs, columns }: Batch,
  input: InputTensor,
  features: number,
  target: Buffer<ArrayBuffer>,
): void {
  const { datatype, column } = input;
  // where the tensors before it leave it, a typed array may not begin
  const aligned = target.byteOffset % 8 === 0;
  const buffer = aligned ? target.buffer : new ArrayBuffer(target.length);
  const Numbers = datatype === 'FP64' ? Float64Array : Float32Array;
  const tensor = new Numbers(buffer, aligned ? target.byteOffset : 0, target.length / bytesOf(datatype));
  let at = 0;
  const write = (value: Parameters<typeof numberOf>[0]) => {
    tensor[at++] = numberOf(value);
  };
  for (const job of jobs) {
    const from = columns.from(job.columns);
    if (column !== null) eachOfColumn(job, from, column, write);
    else if (from) eachValue(job, from, features, write);
    else {
      tensor.set(job.features as ArrayLike<number>, at);
      at += job.features.length;
    }
  }
  if (!aligned) target.set(new Uint8Array(buffer));
}

/** Each text stands behind its length in bytes, a little-endian 32-bit integer. */
function encodeTexts({ jobs, columns }: Batch, column: number): Buffer {
  const texts: string[] = [];
  let size = 0;
  for (const job of jobs)
    eachOfColumn(job, columns.from(job.columns), column, (value) => {
      const text = textOf(value);
      texts.push(text);
      size += 4 + Buffer.byteLength(text);
    });
  const encoded = Buffer.allocUnsafe(size);
  let at = 0;
  for (const text of texts) {
    const length = encoded.write(text, at + 4);
    encoded.writeUInt32LE(length, at);
    at += 4 + length;
  }
  return encoded;
}

function encodeJson({ jobs, rows, columns }: Batch, signature: Signature): WireRequest {
  const { inputs, features } = signature;
  const written = inputs.map((input) => {
    const { datatype, column } = input;
    const data: string[] = [];
    const write = (value: Parameters<typeof numberOf>[0]) =>
      data.push(datatype === 'BYTES' ? JSON.stringify(textOf(value)) : jsonNumber(numberOf(value)));
    for (const job of jobs) {
      const from = columns.from(job.columns);
      if (column !== null) eachOfColumn(job, from, column, write);
      else if (from) eachValue(job, from, features, write);
      else for (let i = 0; i < job.features.length; i++) data.push(String(job.features[i]));
    }
    return `${inputHeader(input, rows, features)},"data":[${data.join(',')}]}`;
  });
  return {
    headers: { 'content-type': 'application/json' },
    body: `{"inputs":[${written.join(',')}]${wantedOutputs(signature, false)}}`,
  };
}

const bytesOf = (datatype: InputTensor['datatype']) => (datatype === 'FP32' ? 4 : 8);

/** JSON has no NaN, which is a missing value. */
const jsonNumber = (value: number) => (Number.isNaN(value) ? 'null' : String(value));

const inputHeader = ({ name, datatype, column }: InputTensor, rows: number, features: number) =>
  `{"name":${JSON.stringify(name)},"shape":[${rows},${column === null ? features : 1}],"datatype":"${datatype}"`;

/** Some servers return class probabilities only on request (MLServer's scikit-learn runtime). */
function wantedOutputs({ ask }: Signature, binary: boolean): string {
  if (ask.length === 0) return '';
  const parameters = binary ? ',"parameters":{"binary_data":true}' : '';
  return `,"outputs":[${ask.map((name) => `{"name":${JSON.stringify(name)}${parameters}}`).join(',')}]`;
}
