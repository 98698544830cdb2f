import { type TimelineReport, timelineSteps } from '@coppice/contract';
import { parseInput } from '@coppice/serverkit';
import { type RequestHandler, Router } from 'express';
import type { Control } from '../control/control.ts';
import { timelineQuery } from '../queries/timeline-query.ts';
import type { PredictionRecord } from '../record/record.ts';
import { timelineChanges } from './timeline-changes.ts';

type Deps = {
  record: Pick<PredictionRecord, 'releases'>;
  /** What was counted in a period of whole steps; all in milliseconds. */
  timeline: (since: number, until: number, step: number) => Promise<TimelineReport['versions']>;
  control: Pick<Control, 'auditSince'>;
  apiKey: readonly RequestHandler[];
};

/** `GET /timeline`: requests, errors, latency and feedback of each version over time, and what changed meanwhile. */
export function timelineRoutes({ record, timeline, control, apiKey }: Deps): Router {
  const router = Router();

  router.get('/timeline', ...apiKey, async (req, res) => {
    const asked = parseInput(timelineQuery, req.query, 'query');
    const length = timelineSteps[asked.step];
    const since = Math.floor(asked.since / length) * length;
    const until = Math.ceil(asked.until / length) * length;
    const [versions, audit, releases] = await Promise.all([
      timeline(since, until, length),
      control.auditSince(since),
      record.releases(since, until),
    ]);
    const report: TimelineReport = {
      since: new Date(since).toISOString(),
      until: new Date(until).toISOString(),
      step: asked.step,
      versions,
      changes: timelineChanges({ since, until }, audit, releases),
    };
    res.set('Cache-Control', 'no-store').json(report);
  });

  return router;
}
