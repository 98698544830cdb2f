import {
  bodyLimits,
  judgeRelease,
  moveAlias,
  promoteRelease,
  releasesAuditQuery,
  releasesQuery,
  rollbackRelease,
} from '@coppice/contract';
import { parseInput, readJson } from '@coppice/serverkit';
import { type RequestHandler, Router } from 'express';
import { adminName } from '../guard/require-secret.ts';
import type { Releases } from '../releases/releases.ts';

type Deps = { releases: Releases; admin: RequestHandler[]; apiKey: readonly RequestHandler[] };

/** `GET /releases`: the registry, and what the versions serve of it. Below it, what an operator changes, and who did. */
export function releasesRoutes({ releases, admin, apiKey }: Deps): Router {
  const router = Router();

  router.get('/releases', ...apiKey, async (req, res) => {
    const { limit } = parseInput(releasesQuery, req.query, 'query');
    res.set('Cache-Control', 'no-store').json(await releases.view(limit));
  });

  router.get('/releases/audit', ...admin, async (req, res) => {
    const { limit } = parseInput(releasesAuditQuery, req.query, 'query');
    res.set('Cache-Control', 'no-store').json(await releases.audit(limit));
  });

  const changes = {
    promote: (body, who) => releases.promote(parseInput(promoteRelease, body), who),
    rollback: (body, who) => releases.rollback(parseInput(rollbackRelease, body), who),
    approve: (body, who) => releases.judge(parseInput(judgeRelease, body), true, who),
    reject: (body, who) => releases.judge(parseInput(judgeRelease, body), false, who),
    alias: (body, who) => releases.moveAlias(parseInput(moveAlias, body), who),
  } satisfies Record<string, (body: unknown, who: string) => Promise<unknown>>;
  for (const [name, change] of Object.entries(changes)) {
    const path = `/releases/${name as keyof typeof changes}` as const;
    router.post(path, ...admin, readJson({ limit: bodyLimits[path] }), async (req, res) => {
      res.json(await change(req.body, adminName(req)));
    });
  }

  return router;
}
