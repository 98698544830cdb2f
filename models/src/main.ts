import { createLogger, onStopSignal, runMain, serve } from '@coppice/serverkit';
import { Registry } from 'prom-client';
import { createApp } from './app.ts';
import { readConfig } from './config.ts';
import { ModelHost } from './host/model-host.ts';
import { openSource } from './source/open-source.ts';

await runMain(createLogger('model', 'info'), async () => {
  const config = readConfig(process.env);
  const log = createLogger(`model-${config.modelVersion}`, config.logLevel);
  const host = new ModelHost({ ...config, source: await openSource(config), log });
  const { app, fastRoute } = createApp({ config, host, registry: new Registry(), log });
  const { port, drain } = await serve(app, {
    ...{ port: config.port, fastRoute },
    ...(config.host ? { host: config.host } : {}),
  });
  log.info({ port }, 'listening');
  onStopSignal(log, async () => {
    host.stop();
    await drain(config.shutdownGraceMs);
  });
  await host.start();
});
