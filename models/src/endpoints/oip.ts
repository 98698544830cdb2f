import { bodyLimits } from '@coppice/contract';
import { HttpError, inferBody } from '@coppice/serverkit';
import { type RequestHandler, Router } from 'express';
import { counted } from './counted.ts';
import { type InferDeps, inferHandler } from './infer.ts';
import { requireModel } from './require-model.ts';

/** The Open Inference Protocol V2 over REST, below `/v2`. */
export function oipRoutes({ host, metrics, config }: InferDeps): Router {
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

/** Answers 404 for another model or version than the one served here. */
function known({ modelName, modelVersion }: InferDeps['config']): RequestHandler<{ name: string; version?: string }> {
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
