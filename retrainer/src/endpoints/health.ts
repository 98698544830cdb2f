import type { RetrainJob } from '@coppice/contract';
import { Router } from 'express';
import type { Registry } from 'prom-client';

type Deps = { jobs: () => Promise<RetrainJob[]>; metrics: Registry };

/** `GET /health` (the process lives), `GET /ready` (503 while the registry cannot be read) and `GET /metrics`. */
export function healthRoutes({ jobs, metrics }: Deps): Router {
  const router = Router();
  router.get('/health', (_req, res) => {
    res.json({ status: 'ok' });
  });
  router.get('/ready', async (_req, res) => {
    try {
      await jobs();
      res.json({ status: 'ready' });
    } catch (error) {
      res
        .status(503)
        .set('Retry-After', '5')
        .json({ status: 'unavailable', reason: (error as Error).message });
    }
  });
  router.get('/metrics', async (_req, res) => {
    res.set('Content-Type', metrics.contentType).send(await metrics.metrics());
  });
  return router;
}
