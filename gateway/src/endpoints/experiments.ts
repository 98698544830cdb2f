import { bodyLimits, experimentStart, experimentStop } from '@coppice/contract';
import { parseInput, readJson } from '@coppice/serverkit';
import { type RequestHandler, Router } from 'express';
import type { Experiments } from '../experiments/experiments.ts';
import { adminName } from '../guard/require-secret.ts';

type Deps = {
  experiments: Pick<Experiments, 'start' | 'stop' | 'find' | 'list'>;
  apiKey: readonly RequestHandler[];
  admin: readonly RequestHandler[];
};

/** `GET /experiments[/:name]`: named comparisons and their results. `POST /experiments[/:name/stop]` starts and ends one. */
export function experimentsRoutes({ experiments, apiKey, admin }: Deps): Router {
  const router = Router();
  const body = readJson({ limit: bodyLimits['/experiments'] });

  router.get('/experiments', ...apiKey, async (_req, res) => {
    res.set('Cache-Control', 'no-store').json(await experiments.list());
  });

  router.post('/experiments', ...admin, body, async (req, res) => {
    res.json(await experiments.start(parseInput(experimentStart, req.body), adminName(req)));
  });

  router.get<{ name: string }>('/experiments/:name', ...apiKey, async (req, res) => {
    res.set('Cache-Control', 'no-store').json(await experiments.find(req.params.name));
  });

  router.post<{ name: string }>('/experiments/:name/stop', ...admin, body, async (req, res) => {
    res.json(await experiments.stop(req.params.name, parseInput(experimentStop, req.body), adminName(req)));
  });

  return router;
}
