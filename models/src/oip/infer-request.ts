import { isUtf8 } from 'node:buffer';
import { HttpError } from '@coppice/serverkit';
import { z } from 'zod';
import { type Datatype, datatypeNames, isDatatype } from '../model/datatype.ts';
import type { TensorSpec } from '../model/model.ts';
import { readBinaryTensor } from './read-binary-tensor.ts';
import { readJsonTensor } from './read-json-tensor.ts';

export type InferRequest = {
  id: string | undefined;
  rows: number;
  /** rows × F, row-major, finite. */
  features: Float64Array;
  outputs: { name: string; binary: boolean }[];
};

/** Rows of one request; one core answers about a million a second, and nothing else meanwhile. */
export const MAX_INFER_ROWS = 65_536;

/** Bytes of JSON in one request: parsing takes up to sixty times its size (measured with brackets only). */
export const MAX_JSON_BYTES = 4 * 1024 * 1024;

/**
 * Reads an Open Inference Protocol request (`inference_rest.md` of kserve/open-inference-protocol) with its binary
 * tensor data extension. `headerLength` is the value of `Inference-Header-Content-Length`, absent when all of the body
 * is JSON. Throws `HttpError` 400 (413 for too much JSON) that names what is wrong.
 */
export function parseInferRequest(body: Buffer, headerLength: string | undefined, model: Tensors): InferRequest {
  const jsonLength = headerLength === undefined ? body.length : parseLength(headerLength, body.length);
  const text = headerLength === undefined || jsonLength > MAX_KEPT_JSON ? null : body.toString('latin1', 0, jsonLength);
  const layouts = layoutsOf(model);
  const layout = text === null ? undefined : layouts.get(text);
  const tail = body.subarray(jsonLength);
  if (layout && layout.size === tail.length) {
    const { rows, datatype, outputs } = layout;
    return {
      id: undefined,
      rows,
      features: readBinaryTensor(tail, datatype, rows, model.input.shape[1] as number),
      outputs,
    };
  }
  if (jsonLength > MAX_JSON_BYTES)
    throw new HttpError(
      413,
      `The JSON is ${jsonLength} bytes long: ${MAX_JSON_BYTES} are allowed. Larger tensors can come as binary data.`,
    );
  const request = parseEnvelope(body.subarray(0, jsonLength));
  const spec = model.input;
  const [input, ...others] = request.inputs;
  if (!input || others.length > 0 || input.name !== spec.name)
    throw bad(`inputs must hold exactly one tensor, ${spec.name}; it holds ${names(request.inputs) || 'none'}`);
  const { datatype } = input;
  if (!isDatatype(datatype))
    throw bad(
      `inputs[0].datatype ${datatype.slice(0, 40)} cannot be read as numbers: one of ${datatypeNames.join(', ')} can`,
    );
  const width = spec.shape[1] as number;
  const rows = rowsOf(input.shape, width);
  const size = input.parameters?.binary_data_size;
  let features: Float64Array;
  if (size === undefined) {
    if (tail.length > 0) throw bad(`${tail.length} bytes follow the JSON, and no input has a binary_data_size`);
    features = readJsonTensor(input.data, datatype, rows, width);
  } else {
    if (input.data !== undefined) throw bad('inputs[0] has both data and parameters.binary_data_size: one of them');
    if (headerLength === undefined)
      throw bad('inputs[0] has a binary_data_size: the header Inference-Header-Content-Length is missing');
    if (tail.length !== size)
      throw bad(`inputs[0].parameters.binary_data_size is ${size}, and ${tail.length} bytes follow the JSON`);
    features = readBinaryTensor(tail, datatype, rows, width);
  }
  const outputs = outputsOf(request, model.outputs);
  if (text !== null && size !== undefined && request.id === undefined) {
    if (layouts.size === MAX_LAYOUTS) layouts.clear();
    layouts.set(text, { rows, datatype, size, outputs });
  }
  return { id: request.id, rows, features, outputs };
}

type Tensors = { input: TensorSpec; outputs: readonly TensorSpec[] };

/** What the JSON before a binary tensor says. */
type Layout = Pick<InferRequest, 'rows' | 'outputs'> & { datatype: Datatype; size: number };

/** By model and JSON: clients send the same few texts over and over, and each is parsed once. */
const layoutsByModel = new WeakMap<Tensors, Map<string, Layout>>();
const MAX_LAYOUTS = 1024;
const MAX_KEPT_JSON = 1024;

function layoutsOf(model: Tensors): Map<string, Layout> {
  const known = layoutsByModel.get(model) ?? new Map<string, Layout>();
  layoutsByModel.set(model, known);
  return known;
}

const unsupported = (what: string) => z.undefined(`${what} is not supported`).optional();
const envelope = z.object({
  id: z.string().max(1024).optional(),
  parameters: z.looseObject({ binary_data_output: z.boolean().optional() }).optional(),
  inputs: z.array(
    z.object({
      name: z.string(),
      shape: z.array(z.int().nonnegative()),
      datatype: z.string(),
      parameters: z
        .looseObject({
          binary_data_size: z.int().nonnegative().optional(),
          shared_memory_region: unsupported('shared memory'),
        })
        .optional(),
      data: z.unknown().optional(),
    }),
  ),
  outputs: z
    .array(
      z.object({
        name: z.string(),
        parameters: z
          .looseObject({
            binary_data: z.boolean().optional(),
            classification: unsupported('classification'),
            shared_memory_region: unsupported('shared memory'),
          })
          .optional(),
      }),
    )
    .optional(),
});
type Envelope = z.infer<typeof envelope>;

function parseEnvelope(bytes: Buffer): Envelope {
  if (!isUtf8(bytes)) throw bad('The body is not UTF-8.');
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString());
  } catch (cause) {
    throw bad('The body is not valid JSON.', cause);
  }
  const parsed = envelope.safeParse(json);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0] as z.core.$ZodIssue;
  throw bad(`${z.core.toDotPath(path) || 'the body'}: ${message}`);
}

function parseLength(text: string, most: number): number {
  const length = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(length <= most))
    throw bad(`Inference-Header-Content-Length is ${text.slice(0, 40)}: 0 to ${most}, the body's length, is allowed`);
  return length;
}

/** `[n, F]`, or `[F]` for one row. */
function rowsOf(shape: number[], width: number): number {
  const [rows = 1] = shape.slice(0, -1);
  if (shape.length > 2 || shape.at(-1) !== width)
    throw bad(`inputs[0].shape is ${JSON.stringify(shape).slice(0, 100)}: [n,${width}] is expected`);
  if (rows < 1 || rows > MAX_INFER_ROWS)
    throw bad(`inputs[0].shape has ${rows} rows: 1 to ${MAX_INFER_ROWS} are allowed`);
  return rows;
}

function outputsOf(request: Envelope, outputs: readonly TensorSpec[]): InferRequest['outputs'] {
  const binary = request.parameters?.binary_data_output ?? false;
  if (!request.outputs?.length) return outputs.map(({ name }) => ({ name, binary }));
  const wanted = new Map<string, boolean>();
  for (const [index, { name, parameters }] of request.outputs.entries()) {
    if (!outputs.some((output) => output.name === name))
      throw bad(`outputs[${index}] ${name.slice(0, 100)} is unknown: ${names(outputs)} are known`);
    if (wanted.has(name)) throw bad(`outputs[${index}] ${name} is asked for twice`);
    wanted.set(name, parameters?.binary_data ?? binary);
  }
  return Array.from(wanted, ([name, binary]) => ({ name, binary }));
}

const names = (tensors: readonly { name: string }[]) =>
  tensors
    .map(({ name }) => name)
    .join(', ')
    .slice(0, 200);
const bad = (detail: string, cause?: unknown) => new HttpError(400, detail, { cause });
