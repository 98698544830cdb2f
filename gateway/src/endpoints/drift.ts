import { type RequestHandler, Router } from 'express';
import type { Drift } from '../drift/drift.ts';

type Deps = { drift: Pick<Drift, 'report'>; client: readonly RequestHandler[] };

/** `GET /drift`: compares the last predictions with the training data. */
export function driftRoutes({ drift, client }: Deps): Router {
  return Router().get('/drift', ...client, (_req, res) => {
    res.json(drift.report());
  });
}
