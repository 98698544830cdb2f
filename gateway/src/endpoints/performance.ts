import type { PerformanceReport } from '@coppice/contract';
import { parseInput } from '@coppice/serverkit';
import { type RequestHandler, Router } from 'express';
import { performanceQuery } from '../queries/performance-query.ts';
import type { PredictionRecord } from '../record/record.ts';

type Deps = { record: Pick<PredictionRecord, 'performance'>; apiKey: readonly RequestHandler[] };

/** `GET /performance`: each version's answers over a period. Latency quantiles are within 2.2 % of the exact ones. */
export function performanceRoutes({ record, apiKey }: Deps): Router {
  const router = Router();

  router.get('/performance', ...apiKey, async (req, res) => {
    const { since, until } = parseInput(performanceQuery, req.query, 'query');
    const report: PerformanceReport = await record.performance(since, until);
    res.set('Cache-Control', 'no-store').json(report);
  });

  return router;
}
