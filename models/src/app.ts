import { allowedHosts, errorHandler, type FastRoute, type Hosts, noRoute, refuseCrossSite } from '@coppice/serverkit';
import express from 'express';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { healthRoutes } from './endpoints/health.ts';
import { fastInfer } from './endpoints/infer.ts';
import { logRequests } from './endpoints/log-requests.ts';
import { metricsRoutes } from './endpoints/metrics.ts';
import { oipRoutes } from './endpoints/oip.ts';
import { predictRoutes } from './endpoints/predict.ts';
import { reportRoutes } from './endpoints/report.ts';
import type { Host } from './endpoints/require-model.ts';
import { createMetrics } from './metrics/model-metrics.ts';
import type { ModelIdentity } from './model/identity.ts';

type Deps = {
  config: ModelIdentity & { hosts: Pick<Hosts, 'allows'> };
  host: Host;
  registry: Registry;
  log: Pick<Logger, 'debug' | 'error' | 'isLevelEnabled'>;
};

/** The model server: its app, in the order in which a request meets its parts, and the way of a plain infer request past them. */
export function createApp({ config, host, registry, log }: Deps): {
  app: express.Express;
  fastRoute: FastRoute | null;
} {
  const metrics = createMetrics(registry, () => host.status.ready);
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  if (log.isLevelEnabled('debug')) app.use(logRequests(log));
  app.use(allowedHosts(config.hosts), refuseCrossSite([]));
  app.use(oipRoutes({ config, host, metrics }));
  app.use(predictRoutes({ config, host, metrics }));
  app.use(healthRoutes({ config, host }));
  app.use(reportRoutes({ host }));
  app.use(metricsRoutes(registry));
  app.use(noRoute);
  app.use(errorHandler(log));
  return { app, fastRoute: fastInfer({ config, host, metrics, log }) };
}
