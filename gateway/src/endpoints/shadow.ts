import { type RequestHandler, Router } from 'express';
import type { Shadow } from '../shadow/shadow.ts';

type Deps = { shadow: Pick<Shadow, 'report'>; client: readonly RequestHandler[] };

/** `GET /shadow`: compares the shadow version's answers with the live ones. Guarded like the record, as it shows features. */
export function shadowRoutes({ shadow, client }: Deps): Router {
  return Router().get('/shadow', ...client, (_req, res) => {
    res.json(shadow.report());
  });
}
