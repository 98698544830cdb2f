import { bodyLimits, configPatch } from '@coppice/contract';
import { parseInput, readJson } from '@coppice/serverkit';
import { type RequestHandler, Router } from 'express';
import type { Control } from '../control/control.ts';
import { adminName } from '../guard/require-secret.ts';

type Deps = { control: Pick<Control, 'view' | 'patch'>; admin: RequestHandler[] };

/** `GET /config`: what is in force. `PATCH /config`: changes it. */
export function configRoutes({ control, admin }: Deps): Router {
  const router = Router();

  router.get('/config', (_req, res) => {
    res.set('Cache-Control', 'no-store').json(control.view());
  });

  router.patch('/config', ...admin, readJson({ limit: bodyLimits['/config'] }), async (req, res) => {
    res.json(await control.patch(parseInput(configPatch, req.body), adminName(req)));
  });

  return router;
}
