import type { RequestHandler } from 'express';
import type { Endpoint, Metrics } from '../metrics/model-metrics.ts';

/** Counts the answer to each request that passes, by its status. */
export function counted(metrics: Metrics, endpoint: Endpoint): RequestHandler {
  return (_req, res, next) => {
    res.once('finish', () => metrics.answered(endpoint, res.statusCode));
    next();
  };
}
