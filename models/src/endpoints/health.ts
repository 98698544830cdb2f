import { Router } from 'express';
import type { ModelIdentity } from '../model/identity.ts';
import { type Host, requireServed } from './require-model.ts';

type Deps = { host: Host; config: ModelIdentity };

/** `GET /health` (the process is live), `/ready` (503 with a reason until the model is loaded), `/model-info` (the card). */
export function healthRoutes({ host, config }: Deps): Router {
  const names = { model: config.modelName, version: config.modelVersion };
  const router = Router();
  router.get('/health', (_req, res) => {
    res.json({ status: 'ok', ...names });
  });
  router.get('/ready', (_req, res) => {
    const { status } = host;
    if (status.ready) {
      const { release, warning } = status;
      res.json({ status: 'ready', ...names, ...(release ? { release } : {}), ...(warning ? { warning } : {}) });
    } else
      res
        .status(503)
        .set('Retry-After', '1')
        .json({ status: 'unavailable', ...names, reason: status.reason });
  });
  router.get('/model-info', (_req, res) => {
    const { model, release } = requireServed(host);
    if (release !== null) res.set('X-Model-Release', String(release));
    res.json(model.card);
  });
  return router;
}
