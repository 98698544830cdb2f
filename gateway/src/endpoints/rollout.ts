import { bodyLimits, rolloutChange, rolloutCommands, rolloutStart } from '@coppice/contract';
import { parseInput, readJson } from '@coppice/serverkit';
import { type RequestHandler, Router } from 'express';
import { adminName } from '../guard/require-secret.ts';
import type { Rollouts } from '../rollout/rollouts.ts';

type Deps = {
  rollouts: Pick<Rollouts, 'report' | 'start' | 'command'>;
  admin: RequestHandler[];
  apiKey: readonly RequestHandler[];
};

/** `GET /rollout`: where it stands. `POST /rollout` starts one; below it, each command changes it. */
export function rolloutRoutes({ rollouts, admin, apiKey }: Deps): Router {
  const router = Router();

  router.get('/rollout', ...apiKey, async (_req, res) => {
    res.set('Cache-Control', 'no-store').json(await rollouts.report());
  });

  router.post('/rollout', ...admin, readJson({ limit: bodyLimits['/rollout'] }), async (req, res) => {
    res.json(await rollouts.start(parseInput(rolloutStart, req.body), adminName(req)));
  });

  for (const command of rolloutCommands)
    router.post(
      `/rollout/${command}`,
      ...admin,
      readJson({ limit: bodyLimits[`/rollout/${command}`] }),
      async (req, res) => {
        res.json(await rollouts.command(command, parseInput(rolloutChange, req.body), adminName(req)));
      },
    );

  return router;
}
