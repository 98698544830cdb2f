import { bodyLimits } from '@coppice/contract';
import { type FastRoute, type Hosts, isProgramAt, replyError } from '@coppice/serverkit';
import { encodeInferResponse, InferReader, type InferRequest } from '@coppice/serverkit/open-inference';
import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import type { Metrics } from '../metrics/model-metrics.ts';
import type { ModelIdentity } from '../model/identity.ts';
import type { Model } from '../model/model.ts';
import { inferCounted } from './infer-counted.ts';
import { type Host, requireServed } from './require-model.ts';

export type InferDeps = { host: Host; metrics: Metrics; config: ModelIdentity };

/** `POST …/infer`: the answer, or the error why there is none. */
export function inferHandler(deps: InferDeps): RequestHandler {
  const { read, answer } = inference(deps);
  return async (req, res) => {
    const { model, release } = requireServed(deps.host);
    // on refusals too: whoever wrote the request for another release learns that by it
    if (release !== null) res.set(RELEASE, String(release));
    const request = read(model, req.body ?? Buffer.alloc(0), req.get(LENGTH));
    const { headers, body } = await answer(model, request);
    res.writeHead(200, headers);
    res.end(body);
  };
}

/**
 * The same for what a gateway sends, binary tensors, without Express. What is wrong with a request is said by `inferHandler` alone: such
 * a one is not taken. Null while each request is to be logged.
 */
export function fastInfer(
  deps: InferDeps & { config: { hosts: Pick<Hosts, 'allows'> }; log: Pick<Logger, 'error' | 'isLevelEnabled'> },
): FastRoute | null {
  const { host, metrics, config, log } = deps;
  if (log.isLevelEnabled('debug')) return null;
  const path = `/v2/models/${config.modelName}/infer`;
  const { read, answer } = inference(deps);
  return {
    requestLine: `POST ${path} HTTP/1.1`,
    admits: (sent) => sent['content-type'] === 'application/octet-stream' && isProgramAt(config.hosts, sent),
    answer(sent, body, reply) {
      const { status } = host;
      if (!status.ready || body.length > bodyLimits.infer) return false;
      const { model, release } = status;
      let request: InferRequest;
      try {
        request = read(model, body, sent[LENGTH]);
      } catch {
        return false;
      }
      const first = release === null ? [] : [RELEASE, String(release)];
      answer(model, request).then(
        ({ headers, body }) => {
          metrics.answered('infer', 200);
          reply(200, [...first, ...headers], body);
        },
        (thrown) => {
          metrics.answered('infer', replyError(reply, thrown, { method: 'POST', path, first, log }));
        },
      );
      return true;
    },
  };
}

const RELEASE = 'X-Model-Release';
const LENGTH = 'inference-header-content-length';

function inference({ metrics, config: { modelName, modelVersion } }: InferDeps) {
  const readers = new WeakMap<Model, InferReader>();
  return {
    /** Throws `InferRequestError`. */
    read: (model: Model, body: Buffer, headerLength: string | undefined): InferRequest =>
      readers.getOrInsertComputed(model, readerOf).read(body, headerLength),
    async answer(model: Model, request: InferRequest) {
      const names = request.outputs.map(({ name }) => name);
      const tensors = await inferCounted(metrics, model, request.features, request.rows, names);
      const { body, headerLength } = encodeInferResponse({
        modelName,
        modelVersion,
        id: request.id,
        outputs: tensors.map((tensor, index) => ({ tensor, binary: request.outputs[index]?.binary ?? false })),
      });
      const kind =
        headerLength === undefined
          ? ['Content-Type', 'application/json']
          : ['Content-Type', 'application/octet-stream', 'Inference-Header-Content-Length', String(headerLength)];
      return { headers: [...kind, 'Content-Length', String(Buffer.byteLength(body))], body };
    },
  };
}

/** Rows of one request: one core predicts about a million per second, and answers nothing else meanwhile. */
const MAX_INFER_ROWS = 65_536;

function readerOf({ schema, inputs, outputs }: Model): InferReader {
  const [first] = inputs;
  const whole = inputs.length === 1 && first?.shape.length === 2 && first.shape[1] === schema.names.length;
  return new InferReader({
    rows: schema,
    input: whole ? first.name : 'features',
    columns: !whole,
    outputs: outputs.map(({ name }) => name),
    maxRows: MAX_INFER_ROWS,
  });
}
