import { bodyLimits, configPatch } from '@coppice/contract';
import { parseInput, readJson } from '@coppice/serverkit';
import { type RequestHandler, Router } from 'express';
import type { Control } from '../control/control.ts';
import { adminName, isStranger } from '../guard/require-secret.ts';
import type { Releases } from '../releases/releases.ts';
import { withoutReasons } from './ready.ts';

type Deps = {
  control: Pick<Control, 'view'>;
  releases: Pick<Releases, 'patch'>;
  admin: RequestHandler[];
  strangers: RequestHandler[];
};

/** `GET /config`: what is in force. `PATCH /config`: changes it. */
export function configRoutes({ control, releases, admin, strangers }: Deps): Router {
  const router = Router();

  router.get('/config', ...strangers, (_req, res) => {
    const view = control.view();
    res
      .set('Cache-Control', 'no-store')
      .json(isStranger(res) ? { ...view, versions: withoutReasons(view.versions) } : view);
  });

  router.patch('/config', ...admin, readJson({ limit: bodyLimits['/config'] }), async (req, res) => {
    res.json(await releases.patch(parseInput(configPatch, req.body), adminName(req)));
  });

  return router;
}
