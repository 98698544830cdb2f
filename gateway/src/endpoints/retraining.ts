import { retrainingQuery } from '@coppice/contract';
import { HttpError, parseInput } from '@coppice/serverkit';
import { type RequestHandler, Router } from 'express';
import type { Retraining } from '../releases/retraining.ts';

type Deps = { retraining: Pick<Retraining, 'view' | 'job'>; apiKey: readonly RequestHandler[] };

/** `GET /retraining`: the jobs of the retrainer, as the registry has them; `GET /retraining/{id}`: one with its log. */
export function retrainingRoutes({ retraining, apiKey }: Deps): Router {
  const router = Router();

  router.get('/retraining', ...apiKey, async (req, res) => {
    const { limit } = parseInput(retrainingQuery, req.query, 'query');
    res.set('Cache-Control', 'no-store').json(await retraining.view(limit));
  });

  router.get<{ id: string }>('/retraining/:id', ...apiKey, async (req, res) => {
    const { id } = req.params;
    const job = /^[1-9]\d{0,7}$/.test(id) ? await retraining.job(Number(id)) : null;
    if (!job) throw new HttpError(404, `There is no retraining job ${id}.`);
    res.set('Cache-Control', 'no-store').json(job);
  });

  return router;
}
