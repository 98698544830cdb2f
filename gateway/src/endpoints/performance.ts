import type { PerformanceReport } from '@coppice/contract';
import { parseInput } from '@coppice/serverkit';
import { Router } from 'express';
import { performanceQuery } from '../queries/performance-query.ts';
import type { PredictionRecord } from '../record/record.ts';

type Deps = { record: Pick<PredictionRecord, 'performance'> };

/** `GET /performance`: what each version did over a period. Latency quantiles are within 2.2 % of the exact ones. */
export function performanceRoutes({ record }: Deps): Router {
  const router = Router();

  router.get('/performance', async (req, res) => {
    const { since, until } = parseInput(performanceQuery, req.query, 'query');
    const report: PerformanceReport = await record.performance(since, until);
    res.set('Cache-Control', 'no-store').json(report);
  });

  return router;
}
