import { type RequestHandler, Router } from 'express';
import type { Drift } from '../drift/drift.ts';

type Deps = { drift: Pick<Drift, 'report'>; apiKey: readonly RequestHandler[] };

/** `GET /drift`: compares the last predictions with the training data. */
export function driftRoutes({ drift, apiKey }: Deps): Router {
  return Router().get('/drift', ...apiKey, (_req, res) => {
    res.json(drift.report());
  });
}
