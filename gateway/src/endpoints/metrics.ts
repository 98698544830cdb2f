import { type RequestHandler, Router } from 'express';
import type { GatewayMetrics } from '../metrics/gateway-metrics.ts';

type Deps = { metrics: GatewayMetrics; access: readonly RequestHandler[] };

/** `GET /metrics` for Prometheus. */
export function metricsRoutes({ metrics, access }: Deps): Router {
  return Router().get('/metrics', ...access, async (_req, res) => {
    res.type(metrics.registry.contentType).send(await metrics.scrape());
  });
}
