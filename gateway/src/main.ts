import { createLogger, onStopSignal, runMain, serve } from '@coppice/contract/server';
import { createApp } from './app.ts';
import { readConfig } from './config.ts';
import { GatewayMetrics } from './metrics.ts';
import { PredictionService } from './predict/prediction-service.ts';
import { TrafficSplit } from './traffic/traffic-split.ts';
import { Fleet } from './versions/fleet.ts';
import { ModelCatalog } from './versions/model-catalog.ts';

const log = createLogger('gateway', process.env.LOG_LEVEL ?? 'info');

await runMain(log, async () => {
  const config = readConfig(process.env);
  const names = config.versions.map(({ name }) => name);
  const metrics = new GatewayMetrics({ versions: names });
  const models = new ModelCatalog();
  const fleet = new Fleet(config, { metrics, catalog: models, log });
  const traffic = new TrafficSplit({
    versions: fleet.versions,
    weights: config.weights,
    shadow: config.shadow,
    salt: config.modelName,
    onWeights: (version, weight) => metrics.trafficWeight(version, weight),
  });
  const predictions = new PredictionService({ split: traffic, metrics });
  const app = createApp({ log, metrics, models, traffic, predictions, observers: [], warnings: () => [] });

  const serving = await serve(app, { port: config.port });
  onStopSignal(log, async () => {
    await serving.drain(config.shutdownGraceMs);
    await fleet.stop();
  });
  log.info({ port: serving.port, versions: names }, 'gateway is listening');
  void fleet.start();
});
