import { createLogger, onStopSignal, runMain, serve } from '@coppice/contract/server';
import { readConfig } from './config.ts';
import { openGateway } from './gateway.ts';

await runMain(createLogger('gateway', 'info'), async () => {
  const config = readConfig(process.env);
  const log = createLogger('gateway', config.logLevel);
  const gateway = await openGateway(config, { log });
  const { port, drain } = await serve(gateway.app, {
    port: config.port,
    ...(config.host ? { host: config.host } : {}),
  });
  log.info({ port, versions: config.versions.map(({ name }) => name) }, 'listening');
  onStopSignal(log, async () => {
    await drain(config.shutdownGraceMs);
    await gateway.close();
  });
});
