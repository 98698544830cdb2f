import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger, keepFilesPrivate, onStopSignal, runMain, serve } from '@coppice/serverkit';
import { readConfig } from './config.ts';
import { openGateway } from './gateway.ts';

/** A version that does not answer delays the start by at most this. */
const FIRST_LOOK_MS = 1000;

await runMain(createLogger('gateway', 'info'), async () => {
  keepFilesPrivate();
  const config = readConfig(process.env);
  const log = createLogger('gateway', config.logLevel);
  const gateway = await openGateway(config, { log });
  // so that the first requests on the open port get predictions, not a 503, when the versions are up
  await Promise.race([gateway.started, sleep(FIRST_LOOK_MS)]);
  const { port, drain } = await serve(gateway.app, {
    port: config.port,
    clientTimeout: config.clientTimeoutMs,
    fastRoute: gateway.fastRoute,
    ...(config.host ? { host: config.host } : {}),
  });
  log.info({ port, versions: config.versions.map(({ name }) => name) }, 'listening');
  onStopSignal(log, async () => {
    gateway.endStreams();
    await drain(config.shutdownGraceMs);
    await gateway.close();
  });
});
