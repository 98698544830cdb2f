import type { PerformanceReport } from '@coppice/contract';
import { parseInput } from '@coppice/serverkit';
import { Router } from 'express';
import { z } from 'zod';
import type { PredictionRecord } from '../record/record.ts';
import { fromRecord } from './record-errors.ts';
import { timeParameter } from './time-parameter.ts';

const DAY_MS = 86_400_000;

/** Query of `GET /performance`; the period is widened to whole minutes, or to whole hours if more than two days ago. */
export const performanceQuery = z
  .strictObject({
    since: timeParameter.optional().describe('Inclusive; 24 hours before `until` unless told.'),
    until: timeParameter.optional().describe('Exclusive; now unless told.'),
  })
  .transform(({ since, until = Date.now() }) => ({ since: since ?? Math.max(0, until - DAY_MS), until }))
  .refine(({ since, until }) => since < until, { path: ['since'], error: 'a time before until is' });

type Deps = { record: Pick<PredictionRecord, 'performance'> };

/** `GET /performance`: what each version did over a period. Latency quantiles are within 2.2 % of the exact ones. */
export function performanceRoutes({ record }: Deps): Router {
  const router = Router();

  router.get('/performance', async (req, res) => {
    const { since, until } = parseInput(performanceQuery, req.query, 'query');
    const report: PerformanceReport = await fromRecord(record.performance(since, until));
    res.set('Cache-Control', 'no-store').json(report);
  });

  return router;
}
