import { Router } from 'express';
import type { GatewayMetrics } from '../metrics/gateway-metrics.ts';

/** `GET /metrics` for Prometheus. */
export function metricsRoutes({ metrics }: { metrics: GatewayMetrics }): Router {
  return Router().get('/metrics', async (_req, res) => {
    res.type(metrics.registry.contentType).send(await metrics.scrape());
  });
}
