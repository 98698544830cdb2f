import { bodyLimits } from '@coppice/contract';
import { HttpError, inferBody } from '@coppice/serverkit';
import { encodeInferResponse, InferReader } from '@coppice/serverkit/open-inference';
import { type RequestHandler, Router } from 'express';
import type { Metrics } from '../metrics/model-metrics.ts';
import type { ModelIdentity } from '../model/identity.ts';
import type { Model } from '../model/model.ts';
import { counted } from './counted.ts';
import { inferCounted } from './infer-counted.ts';
import { type Host, requireModel, requireServed } from './require-model.ts';

type Deps = { host: Host; metrics: Metrics; config: ModelIdentity };

/** The Open Inference Protocol V2 over REST, below `/v2`. */
export function oipRoutes({ host, metrics, config }: Deps): Router {
  const { modelName, modelVersion } = config;
  const router = Router();
  router.get('/v2', (_req, res) => {
    res.json({ name: 'coppice-model-server', version: '0.1.0', extensions: ['binary_tensor_data'] });
  });
  // public clients read different fields, so both answers have both
  router.get('/v2/health/live', (_req, res) => {
    res.json({ live: true, ready: host.status.ready });
  });
  router.get('/v2/health/ready', (_req, res) => {
    const { ready } = host.status;
    res.status(ready ? 200 : 503).json({ live: true, ready });
  });

  for (const base of ['/v2/models/:name', '/v2/models/:name/versions/:version']) {
    // first, since nearly all requests come here
    router.post(
      `${base}/infer`,
      known(config),
      counted(metrics, 'infer'),
      ...inferBody({ limit: bodyLimits.infer }),
      inferHandler({ host, metrics, config }),
    );
    router.get(base, known(config), (_req, res) => {
      const { inputs, outputs } = requireModel(host);
      res.json({ name: modelName, versions: [modelVersion], platform: 'onnxruntime_onnx', inputs, outputs });
    });
    router.get(`${base}/ready`, known(config), (_req, res) => {
      const { status } = host;
      // behind one address, pods may serve different releases: whoever looks sees which one it reached
      if (status.ready && status.release) res.set('X-Model-Release', String(status.release));
      res.status(status.ready ? 200 : 503).json({ name: modelName, ready: status.ready });
    });
  }
  return router;
}

function inferHandler({ host, metrics, config: { modelName, modelVersion } }: Deps): RequestHandler {
  const readers = new WeakMap<Model, InferReader>();
  return async (req, res) => {
    const { model, release } = requireServed(host);
    // on refusals too: whoever wrote the request for another release learns that by it
    if (release !== null) res.set('X-Model-Release', String(release));
    const reader = readers.getOrInsertComputed(model, readerOf);
    const request = reader.read(req.body ?? Buffer.alloc(0), req.get('inference-header-content-length'));
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
    res.writeHead(200, [...kind, 'Content-Length', String(Buffer.byteLength(body))]);
    res.end(body);
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

/** Answers 404 for another model or version than the one served here. */
function known({ modelName, modelVersion }: Deps['config']): RequestHandler<{ name: string; version?: string }> {
  return (req, _res, next) => {
    const { name, version = modelVersion } = req.params;
    if (name !== modelName || version !== modelVersion)
      throw new HttpError(
        404,
        `Unknown model ${name} ${version}; this server has ${modelName} ${modelVersion}.`.slice(0, 500),
      );
    next();
  };
}
