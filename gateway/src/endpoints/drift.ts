import { Router } from 'express';
import type { Drift } from '../drift/drift.ts';

/** `GET /drift`: compares the last predictions with the training data. */
export function driftRoutes({ drift }: { drift: Pick<Drift, 'report'> }): Router {
  return Router().get('/drift', (_req, res) => {
    res.json(drift.report());
  });
}
