import { parseInput, readJson } from '@coppice/serverkit';
import { type RequestHandler, Router } from 'express';
import type { Logger } from 'pino';
import type { Retrainer } from '../job/retrainer.ts';
import { alertsBody, readAlerts } from '../triggers/read-alerts.ts';

type Deps = { retrainer: Pick<Retrainer, 'ask'>; token: RequestHandler; log: Pick<Logger, 'info'> };

/** Alertmanager sends up to hundreds of alerts in one request. */
const LIMIT = 1024 * 1024;

/**
 * `POST /alerts`, Alertmanager's webhook. Alerts that begin no job are answered with 200 and the reason: Alertmanager would send what
 * is refused again and again.
 */
export function alertsRoutes({ retrainer, token, log }: Deps): Router {
  const router = Router();
  router.post('/alerts', token, readJson({ limit: LIMIT }), async (req, res) => {
    const { cause, ignored } = readAlerts(parseInput(alertsBody, req.body));
    const answer =
      cause === null ? { why: 'No alert asks for a job.' } : await retrainer.ask({ kind: 'alert', text: cause });
    const why = 'why' in answer ? answer.why : null;
    if (why !== null) log.info({ cause, ignored, why }, 'the alerts begin no job');
    res.json({ job: 'job' in answer ? answer.job.id : null, why, ignored });
  });
  return router;
}
