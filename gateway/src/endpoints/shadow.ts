import { type RequestHandler, Router } from 'express';
import type { Shadow } from '../shadow/shadow.ts';

type Deps = { shadow: Pick<Shadow, 'report'>; client: readonly RequestHandler[] };

/** `GET /shadow`: how the shadow version's answers compare with the live ones. Shows features, so it is guarded like the record. */
export function shadowRoutes({ shadow, client }: Deps): Router {
  return Router().get('/shadow', ...client, (_req, res) => {
    res.json(shadow.report());
  });
}
