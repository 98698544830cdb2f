import { fileURLToPath } from 'node:url';
import { createLogger, onStopSignal, runMain, serve } from '@coppice/serverkit';
import { createApp } from './app.ts';
import { readConfig } from './config.ts';

const log = createLogger('ui', process.env.LOG_LEVEL === 'silent' ? 'silent' : 'info');

await runMain(log, async () => {
  const config = readConfig(process.env);
  log.level = config.logLevel;
  const pageFolder = fileURLToPath(new URL('../dist', import.meta.url));
  const serving = await serve(createApp(config, { log, pageFolder }), {
    port: config.port,
    host: config.host,
  });
  log.info({ port: serving.port }, 'page ready');
  onStopSignal(log, () => serving.drain(config.shutdownGrace * 1000));
});
