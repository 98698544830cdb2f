import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '@coppice/gateway/config';
import { openGateway } from '@coppice/gateway/gateway';
import { serve } from '@coppice/serverkit';
import { pino } from 'pino';
import { iris, startModelServer } from './model-server.ts';

/**
 * Two real model servers, v1 and v2, that answer like the fixture model (v2 one class on, unless `shift` is 0), in a
 * process that can put any number of gateways before them.
 */
export async function startTestModels({ names = iris, shift = 1 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'coppice-gateway-'));
  const servers = await Promise.all(
    ['v1', 'v2'].map((version, i) => startModelServer({ version, names, shift: i * shift })),
  );
  const [v1, v2] = servers.map(({ url }) => url) as [string, string];

  /** A gateway that serves; `env` as for the real one. What it logs is kept. */
  async function startGateway(env: Record<string, string> = {}) {
    const lines: string[] = [];
    const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
    const config = readConfig({
      ...{ MODEL_V1_URL: v1, MODEL_V2_URL: v2, DATA_DIR: join(folder, 'data'), ADMIN_TOKEN: 'test-admin-token' },
      ...env,
    });
    const gateway = await openGateway(config, { log });
    await gateway.started;
    const serving = await serve(gateway.app, { port: 0, host: '127.0.0.1' });
    return {
      app: gateway.app,
      url: `http://127.0.0.1:${serving.port}`,
      logged: () => lines.join(''),
      async stop() {
        await serving.drain(1000);
        await gateway.close();
      },
    };
  }

  async function stop() {
    for (const server of servers) await server.stop();
    rmSync(folder, { recursive: true });
  }

  return { startGateway, stop, folder };
}
