import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

type Tensor = { name: string; datatype: string; shape: number[] };
type Input = Tensor & { data?: number[]; parameters?: { binary_data_size?: number } };
type Request = {
  inputs: Input[];
  outputs?: { name: string; parameters?: { binary_data?: boolean } }[];
  parameters?: { binary_data_output?: boolean };
};

/** Tensors of the model: those of the ONNX file, or those that the FIL backend always has. */
const kinds: Record<'onnx' | 'fil', { input: Tensor; outputs: Tensor[] }> = {
  onnx: {
    input: { name: 'X', datatype: 'FP32', shape: [-1, 4] },
    outputs: [
      { name: 'label', datatype: 'INT64', shape: [-1] },
      { name: 'probabilities', datatype: 'FP32', shape: [-1, 3] },
    ],
  },
  fil: {
    input: { name: 'input__0', datatype: 'FP32', shape: [-1, 4] },
    outputs: [{ name: 'output__0', datatype: 'FP32', shape: [-1, 3] }],
  },
};

/**
 * Answers as Triton's documentation says (docs/protocol of triton-inference-server/server): exactly the announced input
 * or 400, outputs as JSON unless asked for in binary, models side by side. The class of a flower by its petal's length.
 */
export async function startTritonStandIn(models: Record<string, keyof typeof kinds>) {
  const server = createServer(async (req, res) => {
    const fail = (status: number, error: string) => res.writeHead(status, json).end(JSON.stringify({ error }));
    if (req.url === '/v2')
      return res.writeHead(200, json).end(JSON.stringify({ name: 'triton', version: '2.60.0', extensions }));
    const [, name = '', action = ''] = /^\/v2\/models\/([^/]+)(?:\/(ready|infer))?$/.exec(req.url ?? '') ?? [];
    const model = models[name];
    if (!model) return fail(400, `Request for unknown model: '${name}' is not found`);
    if (action === 'ready') return res.writeHead(200).end();
    const { input, outputs } = kinds[model];
    if (action === '') {
      const metadata = { name, versions: ['1'], platform: 'onnxruntime_onnx', inputs: [input], outputs };
      return res.writeHead(200, json).end(JSON.stringify(metadata));
    }
    const { request, rows, wrong } = read(await bytesOf(req), req.headers['inference-header-content-length'], input);
    if (wrong !== undefined || !rows) return fail(400, wrong ?? 'no input');
    const wanted = request.outputs ?? outputs.map((output) => ({ name: output.name, parameters: undefined }));
    const tails: Uint8Array[] = [];
    const answered = wanted.map(({ name, parameters }) => {
      const { datatype } = outputs.find((output) => output.name === name) as Tensor;
      const values =
        datatype === 'INT64'
          ? BigInt64Array.from(rows, (row) => BigInt(classOf(row)))
          : Float32Array.from(rows.flatMap(sharesOf));
      const shape = datatype === 'INT64' ? [rows.length] : [rows.length, 3];
      if (!(parameters?.binary_data ?? request.parameters?.binary_data_output ?? false))
        return { name, datatype, shape, data: Array.from(values as ArrayLike<number | bigint>, Number) };
      tails.push(new Uint8Array(values.buffer));
      return { name, datatype, shape, parameters: { binary_data_size: values.byteLength } };
    });
    const head = Buffer.from(JSON.stringify({ model_name: name, model_version: '1', outputs: answered }));
    res.writeHead(
      200,
      tails.length === 0
        ? json
        : { 'content-type': 'application/octet-stream', 'inference-header-content-length': String(head.length) },
    );
    res.end(Buffer.concat([head, ...tails]));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop() {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

const json = { 'content-type': 'application/json' };
const extensions = ['classification', 'sequence', 'model_repository', 'binary_tensor_data', 'parameters', 'statistics'];

/** The rows of an infer request, or what Triton would refuse. */
function read(body: Buffer, headerLength: string | string[] | undefined, spec: Tensor) {
  const end = headerLength === undefined ? body.length : Number(headerLength);
  const request = JSON.parse(body.toString('utf8', 0, end)) as Request;
  const [input, ...others] = request.inputs;
  if (!input || others.length > 0 || input.name !== spec.name)
    return { request, wrong: `unexpected inference input '${request.inputs.map(({ name }) => name)}'` };
  if (input.datatype !== spec.datatype || input.shape.length !== 2 || input.shape[1] !== spec.shape[1])
    return {
      request,
      wrong: `unexpected shape or datatype for input '${input.name}': [${input.shape}] ${input.datatype}`,
    };
  const size = input.parameters?.binary_data_size;
  const values =
    size === undefined
      ? (input.data ?? [])
      : [...new Float32Array(new Uint8Array(body.subarray(end, end + size)).buffer)];
  const count = input.shape[0] as number;
  if (values.length !== count * 4) return { request, wrong: `${values.length} values for [${input.shape}]` };
  return { request, rows: Array.from({ length: count }, (_, row) => values.slice(row * 4, row * 4 + 4)) };
}

const classOf = ([, , petal = 0]: number[]) => (petal < 2.5 ? 0 : petal < 4.8 ? 1 : 2);
const sharesOf = (row: number[]) => [0, 1, 2].map((index) => (index === classOf(row) ? 0.8 : 0.1));

async function bytesOf(req: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk);
  return Buffer.concat(chunks);
}
