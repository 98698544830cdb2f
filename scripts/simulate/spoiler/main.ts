import { createLogger, envHost, envPort, onStopSignal, runMain, serve } from '@coppice/serverkit';
import { Spoiler } from './spoiler.ts';
import { SPOILER_PORT } from './spoiler-port.ts';

await runMain(createLogger('spoiler', 'info'), async () => {
  const { env } = process;
  const log = createLogger('spoiler', 'info');
  const targets = Object.fromEntries(
    (env.SPOILER_TARGETS ?? '').split(/[\s,]+/).flatMap((pair) => {
      const [version, url] = pair.split(/=(.*)/);
      return version && url ? [[version, url]] : [];
    }),
  );
  const spoiler = new Spoiler({ targets, log });
  const { drain, port } = await serve(spoiler.handle, {
    port: envPort(env, 'SPOILER_PORT', SPOILER_PORT),
    host: envHost(env, 'BIND_ADDRESS'),
  });
  log.info({ port, versions: Object.keys(targets) }, 'listening');
  onStopSignal(log, async () => {
    await drain(1000);
    await spoiler.close();
  });
});
