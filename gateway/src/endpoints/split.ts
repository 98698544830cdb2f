import { Router } from 'express';
import type { ObservedSplit } from '../traffic/observed-split.ts';

/** `GET /split`: how requests were assigned since the present weights came in force. */
export function splitRoutes({ split }: { split: Pick<ObservedSplit, 'report'> }): Router {
  return Router().get('/split', (_req, res) => {
    res.set('Cache-Control', 'no-store').json(split.report());
  });
}
