import type { PerformanceReport } from '@coppice/contract';
import { parseInput } from '@coppice/serverkit';
import { type RequestHandler, Router } from 'express';
import type { Comparison } from '../comparison/comparison.ts';
import { periodSentence } from '../comparison/epoch-performance.ts';
import type { Control } from '../control/control.ts';
import { performanceQuery } from '../queries/performance-query.ts';
import type { PredictionRecord } from '../record/record.ts';
import { comparability, gateChanges, periodChanges } from './period-changes.ts';

type Deps = {
  record: Pick<PredictionRecord, 'performance' | 'releases'>;
  control: Pick<Control, 'auditSince'>;
  comparison: Pick<Comparison, 'ofPeriod'>;
  apiKey: readonly RequestHandler[];
};

/**
 * `GET /performance`: each version's answers over a period, whether they compare the versions, and what does: its epochs. Latency quantiles are
 * within 2.2 % of the exact ones.
 */
export function performanceRoutes({ record, control, comparison, apiKey }: Deps): Router {
  const router = Router();

  router.get('/performance', ...apiKey, async (req, res) => {
    const asked = parseInput(performanceQuery, req.query, 'query');
    const figures = await record.performance(asked.since, asked.until);
    // the period that the figures are of: widened to whole steps
    const [since, until] = [Date.parse(figures.since), Date.parse(figures.until)];
    const [audit, releases, counted] = await Promise.all([
      control.auditSince(since),
      record.releases(since, until),
      comparison.ofPeriod(since, until),
    ]);
    const changes = periodChanges({ since, until }, audit, releases);
    changes.push(...gateChanges({ since, until }, counted.epochs, changes));
    changes.sort((a, b) => Date.parse(b.time) - Date.parse(a.time));
    const judged = comparability(changes, { until, now: Date.now() });
    const words = periodSentence(counted.epochs.length, judged.comparable);
    const report: PerformanceReport = { ...figures, ...judged, ...counted, words };
    res.set('Cache-Control', 'no-store').json(report);
  });

  return router;
}
