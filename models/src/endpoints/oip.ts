import { HttpError } from '@coppice/serverkit';
import { type RequestHandler, Router } from 'express';
import type { Metrics } from '../metrics/model-metrics.ts';
import type { ModelIdentity } from '../model/identity.ts';
import { encodeInferResponse } from '../oip/encode-infer-response.ts';
import { parseInferRequest } from '../oip/infer-request.ts';
import { counted } from './counted.ts';
import { inferCounted } from './infer-counted.ts';
import { methodNotAllowed } from './method-not-allowed.ts';
import { rawBody } from './raw-body.ts';
import { type Host, requireModel } from './require-model.ts';

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
    router
      .route(`${base}/infer`)
      .post(
        known(config),
        counted(metrics, 'infer'),
        rightType,
        rawBody(BODY_LIMIT),
        inferHandler({ host, metrics, config }),
      )
      .all(methodNotAllowed('POST'));
    router.get(base, known(config), (_req, res) => {
      const { input, outputs } = requireModel(host);
      res.json({ name: modelName, versions: [modelVersion], platform: 'onnxruntime_onnx', inputs: [input], outputs });
    });
    router.get(`${base}/ready`, known(config), (_req, res) => {
      const { ready } = host.status;
      res.status(ready ? 200 : 503).json({ name: modelName, ready });
    });
  }
  return router;
}

function inferHandler({ host, metrics, config: { modelName, modelVersion } }: Deps): RequestHandler {
  return async (req, res) => {
    const model = requireModel(host);
    const request = parseInferRequest(req.body ?? Buffer.alloc(0), req.get('inference-header-content-length'), model);
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

const BODY_LIMIT = 32 * 1024 * 1024;

/** JSON, raw tensors after JSON, or no type at all: tritonclient sends none. */
const rightType: RequestHandler = (req, _res, next) => {
  const type = req.headers['content-type'];
  if (type !== undefined && !/^\s*application\/(json|octet-stream)\s*(;|$)/i.test(type))
    throw new HttpError(
      415,
      `Content-Type ${type.slice(0, 100)} is not supported: must be application/json or application/octet-stream.`,
    );
  next();
};

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
