import type { Registry } from '@coppice/registry/registry';
import { allowedHosts, errorHandler, noRoute, refuseCrossSite } from '@coppice/serverkit';
import express from 'express';
import type { Logger } from 'pino';
import type { Registry as MetricsRegistry } from 'prom-client';
import { alertsRoutes } from './endpoints/alerts.ts';
import { healthRoutes } from './endpoints/health.ts';
import { jobsRoutes } from './endpoints/jobs.ts';
import { requireToken } from './endpoints/require-token.ts';
import { storeErrors } from './endpoints/store-errors.ts';
import type { Retrainer } from './job/retrainer.ts';
import type { RetrainerConfig } from './retrainer-config.ts';

type Deps = {
  config: Pick<RetrainerConfig, 'hosts' | 'token'>;
  registry: Pick<Registry, 'jobs' | 'job' | 'jobLog'>;
  retrainer: Pick<Retrainer, 'ask'>;
  metrics: MetricsRegistry;
  log: Pick<Logger, 'info' | 'error'>;
};

/** The retrainer's server, in the order in which a request meets its parts. */
export function createApp({ config, registry, retrainer, metrics, log }: Deps): express.Express {
  const token = requireToken(config.token);
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(allowedHosts(config.hosts), refuseCrossSite([]));
  app.use(healthRoutes({ jobs: () => registry.jobs(1), metrics }));
  app.use(alertsRoutes({ retrainer, token, log }));
  app.use(jobsRoutes({ registry, retrainer, token }));
  app.use(noRoute);
  app.use(storeErrors);
  app.use(errorHandler(log));
  return app;
}
