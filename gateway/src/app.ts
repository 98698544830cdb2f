import { errorHandler, notFound } from '@coppice/contract/server';
import express, { type Express, type RequestHandler } from 'express';
import type { Logger } from 'pino';
import { healthRoutes } from './endpoints/health.ts';
import { metricsRoutes } from './endpoints/metrics.ts';
import { modelInfoRoutes } from './endpoints/model-info.ts';
import { predictRoutes } from './endpoints/predict.ts';
import { readyRoutes } from './endpoints/ready.ts';
import type { GatewayMetrics } from './metrics.ts';
import type { PredictionObserver } from './predict/observers.ts';
import type { PredictionService } from './predict/prediction-service.ts';
import type { TrafficSplit } from './traffic/traffic-split.ts';
import type { ModelCatalog } from './versions/model-catalog.ts';

export type GatewayParts = {
  log: Logger;
  metrics: GatewayMetrics;
  models: ModelCatalog;
  traffic: TrafficSplit;
  predictions: PredictionService;
  observers: readonly PredictionObserver[];
  warnings: () => string[];
};

/** The gateway, in the order in which a request meets its parts. */
export function createApp(parts: GatewayParts): Express {
  const { log, traffic, models } = parts;
  const app = express().disable('x-powered-by').disable('etag').set('query parser', 'simple');
  const versions = traffic.versions;

  app.use(predictRoutes(parts));
  app.use(healthRoutes());
  app.use(readyRoutes(parts));
  app.use(metricsRoutes(parts));
  app.use(modelInfoRoutes({ models, versions }));
  app.use(notFound satisfies RequestHandler);
  app.use(errorHandler(log));
  return app;
}
