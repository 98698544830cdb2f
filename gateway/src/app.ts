import { errorHandler, noRoute } from '@coppice/serverkit';
import express, { type Express } from 'express';
import type { Logger } from 'pino';
import type { Accounting } from './accounting/accounting.ts';
import type { Comparison } from './comparison/comparison.ts';
import type { Control } from './control/control.ts';
import type { Drift } from './drift/drift.ts';
import { accessRoutes } from './endpoints/access.ts';
import { auditRoutes } from './endpoints/audit.ts';
import { translateErrors } from './endpoints/client-errors.ts';
import { comparisonRoutes } from './endpoints/comparison.ts';
import { configRoutes } from './endpoints/config.ts';
import { driftRoutes } from './endpoints/drift.ts';
import { eventsRoutes } from './endpoints/events.ts';
import { experimentsRoutes } from './endpoints/experiments.ts';
import { feedbackRoutes } from './endpoints/feedback.ts';
import { healthRoutes } from './endpoints/health.ts';
import { INFER_PATHS, inferHandlers } from './endpoints/infer.ts';
import { metricsRoutes } from './endpoints/metrics.ts';
import { modelInfoRoutes } from './endpoints/model-info.ts';
import { modelsProxyRoutes, openInferenceRoutes } from './endpoints/open-inference.ts';
import { openapiRoutes } from './endpoints/openapi.ts';
import { performanceRoutes } from './endpoints/performance.ts';
import { predictHandlers } from './endpoints/predict.ts';
import { predictionsRoutes } from './endpoints/predictions.ts';
import { readyRoutes } from './endpoints/ready.ts';
import { releaseReportRoutes } from './endpoints/release-reports.ts';
import { releasesRoutes } from './endpoints/releases.ts';
import { replayRoutes } from './endpoints/replay.ts';
import { retrainingRoutes } from './endpoints/retraining.ts';
import { rolloutRoutes } from './endpoints/rollout.ts';
import { shadowRoutes } from './endpoints/shadow.ts';
import { splitRoutes } from './endpoints/split.ts';
import { timelineRoutes } from './endpoints/timeline.ts';
import type { VersionProxy } from './endpoints/version-proxy.ts';
import type { EventHub } from './events/event-hub.ts';
import type { Experiments } from './experiments/experiments.ts';
import type { Guard } from './guard/guard.ts';
import type { GatewayMetrics } from './metrics/gateway-metrics.ts';
import type { PredictionService } from './predict/prediction-service.ts';
import type { PredictionRecord } from './record/record.ts';
import type { Releases } from './releases/releases.ts';
import type { Retraining } from './releases/retraining.ts';
import type { Replay } from './replay/replay.ts';
import type { Rollouts } from './rollout/rollouts.ts';
import type { Shadow } from './shadow/shadow.ts';
import type { ObservedSplit } from './traffic/observed-split.ts';
import type { TrafficSplit } from './traffic/traffic-split.ts';
import type { ModelCatalog } from './versions/model-catalog.ts';
import type { Version } from './versions/version.ts';

export type GatewayParts = {
  log: Logger;
  metrics: GatewayMetrics;
  catalog: ModelCatalog;
  traffic: TrafficSplit<Version>;
  predictions: PredictionService;
  accounting: Accounting;
  guard: Guard;
  control: Control;
  record: PredictionRecord;
  drift: Drift;
  shadow: Shadow;
  comparison: Comparison;
  experiments: Experiments;
  replay: Replay;
  releases: Releases;
  retraining: Retraining;
  split: ObservedSplit;
  events: EventHub;
  rollouts: Rollouts;
  report: Parameters<typeof releaseReportRoutes>[0]['report'];
  timeline: Parameters<typeof timelineRoutes>[0]['timeline'];
  proxy: VersionProxy;
  modelName: string;
  warnings: () => string[];
};

/** The gateway, in the order in which a request meets its parts. No body is parsed before the route that needs it. */
export function createApp(parts: GatewayParts): Express {
  const { log, traffic, catalog, guard, control, record, drift, shadow, split, proxy, metrics } = parts;
  const { comparison, experiments } = parts;
  const { client, apiKey, admin, strangers } = guard;
  const app = express();
  app.disable('etag');
  app.set('query parser', 'simple');
  guard.configure(app);

  app.use(guard.every);
  app.post('/predict', ...client, ...predictHandlers(parts));
  app.use(guard.versionPaths);
  app.post(INFER_PATHS, ...client, ...inferHandlers(parts));
  app.use(healthRoutes());
  app.use(readyRoutes({ ...parts, strangers }));
  app.use(metricsRoutes({ metrics, access: guard.metrics }));
  app.use(accessRoutes({ apiKey }));
  app.use(modelInfoRoutes({ catalog, versions: traffic.versions, apiKey }));
  app.use(configRoutes({ control, releases: parts.releases, admin, strangers }));
  app.use(rolloutRoutes({ rollouts: parts.rollouts, admin, apiKey }));
  app.use(eventsRoutes({ events: parts.events, apiKey }));
  app.use(releasesRoutes({ releases: parts.releases, admin, apiKey }));
  app.use(releaseReportRoutes({ report: parts.report, apiKey }));
  app.use(retrainingRoutes({ retraining: parts.retraining, apiKey }));
  app.use(auditRoutes({ control, admin }));
  app.use(openapiRoutes());
  app.use(predictionsRoutes({ record, shadow, client, admin }));
  app.use(
    feedbackRoutes({
      ...{ record, client, schema: () => catalog.shape() },
      // repeated feedback with the same result is not counted again, and what is tried on the page is no traffic
      feedbackReceived: ({ version, source, correct, previous }) =>
        source !== 'page' && correct !== null && previous !== correct && metrics.feedback(version, correct),
    }),
  );
  app.use(performanceRoutes({ record, control, comparison, apiKey }));
  app.use(timelineRoutes({ record, control, timeline: parts.timeline, apiKey }));
  app.use(comparisonRoutes({ comparison, apiKey }));
  app.use(experimentsRoutes({ experiments, apiKey, admin }));
  app.use(driftRoutes({ drift, apiKey }));
  app.use(splitRoutes({ split, apiKey }));
  app.use(shadowRoutes({ shadow, client }));
  app.use(replayRoutes({ replay: parts.replay, admin, client }));
  app.use(openInferenceRoutes({ ...parts, client }));
  app.use(modelsProxyRoutes({ traffic, proxy, client }));
  app.use(noRoute);
  app.use(translateErrors);
  app.use(errorHandler(log));
  return app;
}
