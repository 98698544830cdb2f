import type { AuditPage } from '@coppice/contract';
import { auditQuery } from '@coppice/contract';
import { parseInput } from '@coppice/serverkit';
import { type RequestHandler, Router } from 'express';
import type { Control } from '../control/control.ts';

type Deps = { control: Pick<Control, 'audit'>; admin: RequestHandler[] };

/** `GET /audit`: who changed what, when and why, newest first; `before` an id gives the next, older page. */
export function auditRoutes({ control, admin }: Deps): Router {
  const router = Router();

  router.get('/audit', ...admin, async (req, res) => {
    const { limit, before } = parseInput(auditQuery, req.query, 'query');
    const page: AuditPage = { audit: await control.audit(limit, before) };
    res.set('Cache-Control', 'no-store').json(page);
  });

  return router;
}
