import { parseArgs } from 'node:util';
import { readConfig } from '@coppice/gateway/config';
import { openGateway } from '@coppice/gateway/gateway';
import { GatewayMetrics, type VersionMetrics } from '@coppice/gateway/metrics/gateway-metrics';
import { createLogger, onStopSignal, runMain, serve } from '@coppice/serverkit';

/*
 * The gateway without one of its parts, to measure what that costs: node partial-gateway.ts --without drift|metrics.
 * For the record and for coalescing the gateway itself has settings.
 */
class SilentMetrics extends GatewayMetrics {
  override requestReceived(): void {}

  override forVersion(version: string): VersionMetrics {
    return { ...super.forVersion(version), served() {}, predicted() {}, batchSent() {} };
  }
}

await runMain(createLogger('gateway', 'info'), async () => {
  const { without } = parseArgs({ options: { without: { type: 'string' } } }).values;
  const config = readConfig(process.env);
  const log = createLogger('gateway', config.logLevel);
  const gateway = await openGateway(config, {
    log,
    ...(without === 'drift' ? { observers: ({ record, shadow }) => [record, shadow] } : {}),
    ...(without === 'metrics'
      ? { metrics: new SilentMetrics({ versions: config.versions.map(({ name }) => name) }) }
      : {}),
  });
  await gateway.started;
  const { drain } = await serve(gateway.app, { port: config.port, ...(config.host ? { host: config.host } : {}) });
  onStopSignal(log, async () => {
    await drain(config.shutdownGraceMs);
    await gateway.close();
  });
});
