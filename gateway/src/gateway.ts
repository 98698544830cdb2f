import type { Express } from 'express';
import type { Logger } from 'pino';
import { createApp } from './app.ts';
import type { GatewayConfig } from './config.ts';
import { Control } from './control/control.ts';
import { createDrift } from './drift/drift.ts';
import { createVersionProxy } from './endpoints/version-proxy.ts';
import { openAdminToken } from './guard/admin-token.ts';
import { createGuard } from './guard/guard.ts';
import { GatewayMetrics } from './metrics/gateway-metrics.ts';
import type { PredictionObserver } from './predict/observers.ts';
import { PredictionService } from './predict/prediction-service.ts';
import { openRecord } from './record/open-record.ts';
import { Shadow } from './shadow/shadow.ts';
import { TrafficSplit } from './traffic/traffic-split.ts';
import { Fleet } from './versions/fleet.ts';
import { ModelCatalog } from './versions/model-catalog.ts';

export type Gateway = {
  app: Express;
  /** Resolves when every version was asked for its readiness once. */
  started: Promise<void>;
  /** Writes what is queued for the record and lets go of everything. Call it after the last answer. */
  close(): Promise<void>;
};

/** Puts the gateway's parts together and starts to look for its versions. `random` decides the weighted split. */
export async function openGateway(
  config: GatewayConfig,
  { log, random = Math.random }: { log: Logger; random?: () => number },
): Promise<Gateway> {
  const metrics = new GatewayMetrics({ versions: config.versions.map(({ name }) => name) });
  const models = new ModelCatalog();
  const { record, control: store } = await openRecord(config.record, {
    log,
    schema: () => models.shape(),
    onDropped: (rows) => metrics.recordDropped(rows),
    onWritable: (writable) => metrics.recordWritable(writable),
  });

  const fleet = new Fleet(config, { metrics, catalog: models, log });
  const environment = { weights: config.weights, shadow: config.shadow };
  const traffic = new TrafficSplit({
    versions: fleet.versions,
    ...environment,
    salt: config.modelName,
    random,
    onWeights: (version, weight) => metrics.trafficWeight(version, weight),
  });
  const adminToken = openAdminToken({
    dataDir: config.dataDir,
    configured: config.guard.adminToken,
    publicUrl: config.guard.publicUrl,
    log,
  });
  const guard = createGuard(config.guard, { adminToken });
  const control = new Control({ model: config.modelName, traffic, store, environment, auth: guard.auth, log });
  await control.start();

  const predictions = new PredictionService({ split: traffic, metrics });
  const drift = createDrift(config.drift, { models, metrics });
  const shadow = new Shadow({
    traffic,
    versions: fleet.versions,
    metrics,
    classes: () => models.shape()?.classes ?? [],
  });
  const proxy = createVersionProxy(config.upstream);
  const observers: PredictionObserver[] = [
    { observe: (row) => record.append(row) },
    { observe: (row) => row.label >= 0 && drift.observe(row.features, row.label) },
    shadow,
  ];

  const app = createApp({
    ...{ log, metrics, models, traffic, predictions, observers, guard, control, record, drift, shadow, proxy },
    warnings: () => record.warnings(),
  });

  void models.known
    .then(async () => drift.refill(await record.recent(config.drift.window)))
    .catch((err) => log.warn({ err }, 'the drift window could not be refilled from the record'));
  return {
    app,
    started: fleet.start(),
    async close() {
      await control.stop();
      await fleet.stop();
      proxy.close();
      await record.close();
    },
  };
}
