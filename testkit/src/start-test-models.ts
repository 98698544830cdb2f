import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '@coppice/gateway/config';
import { openGateway } from '@coppice/gateway/gateway';
import { createApp } from '@coppice/models/app';
import { ModelHost } from '@coppice/models/model/model-host';
import { serve } from '@coppice/serverkit';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { writeFixtureModel } from './fixture-model.ts';

const iris = {
  features: ['sepal_length', 'sepal_width', 'petal_length', 'petal_width'],
  classes: ['setosa', 'versicolor', 'virginica'],
};

/**
 * For tests: two real model servers, v1 and v2, that answer like the trainer's fixture (v2 one class on), in a process
 * that can put any number of gateways before them.
 */
export async function startTestModels() {
  const log = pino({ level: 'silent' });
  const folder = mkdtempSync(join(tmpdir(), 'coppice-gateway-'));
  const servers = await Promise.all(
    ['v1', 'v2'].map(async (version, shift) => {
      const config = { modelName: 'iris', modelVersion: version };
      const modelDir = join(folder, version);
      writeFixtureModel(modelDir, { ...iris, version, shift });
      const host = new ModelHost({ ...config, modelDir, log });
      await host.start();
      const app = createApp({ config, host, registry: new Registry(), log });
      return { host, serving: await serve(app, { port: 0, host: '127.0.0.1' }) };
    }),
  );
  const [v1, v2] = servers.map(({ serving }) => `http://127.0.0.1:${serving.port}`);

  /** A gateway that serves; `env` as for the real one. What it logs is kept. */
  async function startGateway(env: Record<string, string> = {}) {
    const lines: string[] = [];
    const gatewayLog = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
    const config = readConfig({
      ...{ MODEL_V1_URL: v1, MODEL_V2_URL: v2, DATA_DIR: join(folder, 'data'), ADMIN_TOKEN: 'test-admin-token' },
      ...env,
    });
    const gateway = await openGateway(config, { log: gatewayLog });
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
    for (const { host, serving } of servers) {
      await serving.drain(100);
      host.stop();
    }
    rmSync(folder, { recursive: true });
  }

  return { startGateway, stop, folder };
}
