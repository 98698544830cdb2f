import { type FeatureValue, reference } from '@coppice/contract';
import { z } from 'zod';
import { parseJson } from '../json/parse-json.ts';
import type { RowSchema } from '../rows/row-schema.ts';
import { type Datatype, datatypeNames, isDatatype } from './datatype.ts';
import { InferRequestError } from './infer-request-error.ts';
import { readBinaryTensor } from './read-binary-tensor.ts';
import { readJsonTensor } from './read-json-tensor.ts';
import { readRows, rowsOf } from './read-rows.ts';

export type InferRequest = {
  id: string | undefined;
  /** The client's own key of the request, its parameter `reference`. */
  reference: string | undefined;
  rows: number;
  /** rows × F, row-major, in the order of `columns`: finite numbers of a numeric schema, else values of any kind. */
  features: Float64Array | FeatureValue[];
  /** Names of the features: those of the schema that the request was read by. */
  columns: readonly string[];
  /** Names of the features that are missing in any of the rows. */
  missing: readonly string[];
  outputs: readonly RequestedOutput[];
  /** Whether the request names its outputs; else they are all. */
  named: boolean;
};

export type RequestedOutput = { name: string; binary: boolean };

/** The tensors that a server takes and returns. */
export type InferSchema = {
  /** What a row is. */
  rows: RowSchema;
  /** Name of the input `[n, F]`. Null: any name will do. */
  input: string | null;
  /**
   * Whether a request may also send one input for each feature, `[n]` or `[n, 1]`; it always may if the rows are not purely
   * numeric.
   */
  columns?: boolean;
  /** Outputs of a request that names none. */
  outputs: readonly string[];
  /** Further outputs that a request may name. */
  moreOutputs?: readonly string[];
  maxRows: number;
};

/** Bytes of JSON in one request: parsing takes many times its size. */
export const MAX_JSON_BYTES = 4 * 1024 * 1024;

/** Reads Open Inference Protocol requests (`inference_rest.md` of kserve/open-inference-protocol) to one model. */
export class InferReader {
  readonly #schema: InferSchema;
  /** By JSON: clients repeat the same few texts before their binary tensors, so each is parsed once. */
  readonly #layouts = new Map<string, Layout>();

  constructor(schema: InferSchema) {
    this.#schema = schema;
  }

  /**
   * Reads a body, with the binary tensor data extension. `headerLength` is the value of
   * `Inference-Header-Content-Length`, absent when all of the body is JSON. Throws `InferRequestError` (413 for too much JSON)
   * that names what is wrong.
   */
  read(body: Buffer, headerLength: string | undefined): InferRequest {
    const { names } = this.#schema.rows;
    const jsonLength = headerLength === undefined ? body.length : parseLength(headerLength, body.length);
    const text =
      headerLength === undefined || jsonLength > MAX_KEPT_JSON ? null : body.toString('latin1', 0, jsonLength);
    const layout = text === null ? undefined : this.#layouts.get(text);
    const tail = body.subarray(jsonLength);
    if (layout && layout.size === tail.length) {
      const { rows, datatype, outputs, named } = layout;
      const features = readBinaryTensor(tail, datatype, rows, names.length, 'inputs[0]');
      return { id: undefined, reference: undefined, rows, features, columns: names, missing: NONE, outputs, named };
    }
    if (jsonLength > MAX_JSON_BYTES)
      throw new InferRequestError(
        `The JSON is ${jsonLength} bytes long: at most ${MAX_JSON_BYTES} are allowed. Send larger tensors as binary data.`,
        { status: 413 },
      );
    const request = parseEnvelope(body.subarray(0, jsonLength));
    const tails = split(request.inputs, tail, headerLength !== undefined);
    const outputs = requestedOutputs(request, this.#schema);
    const { id } = request;
    const key = request.parameters?.reference;
    const named = (request.outputs?.length ?? 0) > 0;
    const read = this.#readFeatures(request.inputs, tails);
    const [input] = request.inputs as [Input];
    if (read.whole && text !== null && tails[0] && id === undefined && key === undefined) {
      if (this.#layouts.size === MAX_LAYOUTS) this.#layouts.clear();
      const { rows } = read;
      this.#layouts.set(text, { rows, datatype: input.datatype as Datatype, size: tail.length, outputs, named });
    }
    const { rows, features, missing = NONE } = read;
    return { id, reference: key, rows, features, columns: names, missing, outputs, named };
  }

  #readFeatures(inputs: Input[], tails: (Buffer | undefined)[]): Features {
    const { rows: schema, input, maxRows } = this.#schema;
    if (!schema.numeric) {
      const tensors = inputs.map((each, index) => ({ ...each, tail: tails[index] }));
      return { ...readRows(tensors, { schema, whole: input, maxRows }), whole: false };
    }
    const columns = columnsOf(inputs, this.#schema);
    if (columns) return { ...readColumns(inputs, tails, columns, this.#schema), whole: false };
    const { rows, values } = readInput(inputs[0] as Input, tails[0], schema.names.length, 'inputs[0]', maxRows);
    return { rows, features: values, whole: true };
  }
}

const NONE: readonly string[] = [];
/** `whole`: they are one numeric tensor, whose layout is worth keeping. */
type Features = Pick<InferRequest, 'rows' | 'features'> & { missing?: readonly string[]; whole: boolean };

/** Content of the JSON before a binary tensor. */
type Layout = Pick<InferRequest, 'rows' | 'outputs' | 'named'> & { datatype: Datatype; size: number };
const MAX_LAYOUTS = 1024;
const MAX_KEPT_JSON = 1024;

const unsupported = (what: string) => z.undefined(`${what} is not supported`).optional();
const envelope = z.object({
  id: z.string().max(1024).optional(),
  parameters: z.looseObject({ binary_data_output: z.boolean().optional(), reference: reference.optional() }).optional(),
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
type Input = Envelope['inputs'][number];

function parseEnvelope(bytes: Buffer): Envelope {
  let json: unknown;
  try {
    json = parseJson(bytes);
  } catch (cause) {
    throw bad((cause as Error).message, cause);
  }
  const parsed = envelope.safeParse(json);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0] as z.core.$ZodIssue;
  throw bad(`${z.core.toDotPath(path) || 'the body'}: ${message}`);
}

function parseLength(text: string, most: number): number {
  const length = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(length <= most))
    throw bad(`Inference-Header-Content-Length is ${text.slice(0, 40)}: must be from 0 to ${most}, the body's length`);
  return length;
}

/** The raw bytes of each input, which follow the JSON in the order of the inputs; undefined for one that has `data`. */
function split(inputs: Input[], tail: Buffer, withHeader: boolean): (Buffer | undefined)[] {
  let from = 0;
  const tails = inputs.map(({ data, parameters }, index) => {
    const size = parameters?.binary_data_size;
    if (size === undefined) return undefined;
    if (data !== undefined) throw bad(`inputs[${index}] has both data and parameters.binary_data_size: set only one`);
    if (!withHeader)
      throw bad(`inputs[${index}] has a binary_data_size: the header Inference-Header-Content-Length is missing`);
    from += size;
    return tail.subarray(from - size, from);
  });
  if (from === tail.length) return tails;
  throw bad(
    from === 0
      ? `${tail.length} bytes follow the JSON, and no input has a binary_data_size`
      : `parameters.binary_data_size of the inputs is ${from}, and ${tail.length} bytes follow the JSON`,
  );
}

/** The column of each input when a request sends one for each feature; null when it sends one for all. */
function columnsOf(inputs: Input[], { input, columns, rows: { names } }: InferSchema): number[] | null {
  const [first] = inputs;
  const width = names.length;
  const named = inputs.map(({ name }) => (columns ? names.indexOf(name) : -1));
  if (columns && named.length === width && new Set(named).size === width && !named.includes(-1)) return named;
  if (inputs.length === 1 && (input === null || first?.name === input)) return null;
  const one = input === null ? `one tensor [n,${width}]` : `exactly one tensor, ${input}`;
  const each = columns ? `, or one per feature (${list(names)})` : '';
  throw bad(`inputs must hold ${one}${each}; it holds ${list(inputs.map(({ name }) => name)) || 'none'}`);
}

function readColumns(
  inputs: Input[],
  tails: (Buffer | undefined)[],
  columns: number[],
  { rows: { names }, maxRows }: InferSchema,
): Pick<InferRequest, 'rows' | 'features'> {
  const width = names.length;
  let features = new Float64Array();
  let count = 0;
  for (const [index, input] of inputs.entries()) {
    const { rows, values } = readInput(input, tails[index], 1, `inputs[${index}]`, maxRows);
    if (index === 0) {
      count = rows;
      features = new Float64Array(rows * width);
    } else if (rows !== count) throw bad(`inputs[${index}].shape has ${rows} rows: must have ${count} as inputs[0]`);
    for (let row = 0; row < rows; row++) features[row * width + (columns[index] as number)] = values[row] as number;
  }
  return { rows: count, features };
}

function readInput(
  { datatype, shape, data }: Input,
  tail: Buffer | undefined,
  width: number,
  at: string,
  maxRows: number,
): { rows: number; values: Float64Array } {
  if (!isDatatype(datatype))
    throw bad(
      `${at}.datatype ${datatype.slice(0, 40)} cannot be read as numbers: must be one of ${datatypeNames.join(', ')}`,
    );
  const rows = rowsOf(shape, [width], maxRows, at);
  const values = tail
    ? readBinaryTensor(tail, datatype, rows, width, at)
    : readJsonTensor(data, datatype, rows, width, at);
  return { rows, values };
}

function requestedOutputs(request: Envelope, { outputs, moreOutputs = [] }: InferSchema): RequestedOutput[] {
  const binary = request.parameters?.binary_data_output ?? false;
  if (!request.outputs?.length) return outputs.map((name) => ({ name, binary }));
  const wanted = new Map<string, boolean>();
  for (const [index, { name, parameters }] of request.outputs.entries()) {
    if (!outputs.includes(name) && !moreOutputs.includes(name))
      throw bad(
        `outputs[${index}] ${name.slice(0, 100)} is unknown; the outputs are ${list([...outputs, ...moreOutputs])}`,
      );
    if (wanted.has(name)) throw bad(`outputs[${index}] ${name} is requested twice`);
    wanted.set(name, parameters?.binary_data ?? binary);
  }
  return Array.from(wanted, ([name, binary]) => ({ name, binary }));
}

const list = (names: readonly string[]) => names.join(', ').slice(0, 200);
const bad = (detail: string, cause?: unknown) => new InferRequestError(detail, { cause });
