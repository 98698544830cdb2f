import { type RequestHandler, Router } from 'express';
import type { Comparison } from '../comparison/comparison.ts';

type Deps = { comparison: Pick<Comparison, 'ofWeights'>; apiKey: readonly RequestHandler[] };

/** `GET /comparison`: the versions since the weights and releases in force. */
export function comparisonRoutes({ comparison, apiKey }: Deps): Router {
  return Router().get('/comparison', ...apiKey, async (_req, res) => {
    res.set('Cache-Control', 'no-store').json(await comparison.ofWeights());
  });
}
