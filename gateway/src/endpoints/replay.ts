import { bodyLimits, type ReplayList } from '@coppice/contract';
import { parseInput, readJson } from '@coppice/serverkit';
import { type RequestHandler, Router } from 'express';
import { adminName } from '../guard/require-secret.ts';
import { replayRequest } from '../queries/replay-request.ts';
import type { Replay } from '../replay/replay.ts';

type Deps = {
  replay: Pick<Replay, 'start' | 'list' | 'find' | 'cancel'>;
  admin: readonly RequestHandler[];
  /** Guarded like the record, as results show features. */
  client: readonly RequestHandler[];
};

/** `POST /replay` runs recorded rows through a version; `GET /replay`, `GET /replay/:id` show what came of it, `DELETE` ends it. */
export function replayRoutes({ replay, admin, client }: Deps): Router {
  const router = Router();

  router.post('/replay', ...admin, readJson({ limit: bodyLimits['/replay'] }), async (req, res) => {
    const started = await replay.start(parseInput(replayRequest, req.body), adminName(req));
    res.status(202).set('Location', `replay/${started.id}`).json(started);
  });

  router.get('/replay', ...client, async (_req, res) => {
    const list: ReplayList = { replays: await replay.list() };
    res.set('Cache-Control', 'no-store').json(list);
  });

  router.get('/replay/:id', ...client, async (req, res) => {
    res.set('Cache-Control', 'no-store').json(await replay.find(String(req.params.id)));
  });

  router.delete('/replay/:id', ...admin, async (req, res) => {
    res.json(await replay.cancel(String(req.params.id), adminName(req)));
  });

  return router;
}
