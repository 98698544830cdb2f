import { type RequestHandler, Router } from 'express';
import type { ObservedSplit } from '../traffic/observed-split.ts';

type Deps = { split: Pick<ObservedSplit, 'report'>; apiKey: readonly RequestHandler[] };

/** `GET /split`: how requests were assigned since the present weights came in force. */
export function splitRoutes({ split, apiKey }: Deps): Router {
  return Router().get('/split', ...apiKey, (_req, res) => {
    res.set('Cache-Control', 'no-store').json(split.report());
  });
}
