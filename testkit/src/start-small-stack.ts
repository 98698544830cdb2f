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

const log = pino({ level: 'silent' });

/** For tests: a real gateway over two real model servers that serve the trainer's fixture (class a, b or c by x0). */
export async function startStack(env: Record<string, string> = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'coppice-simulate-'));
  const servers = await Promise.all(['v1', 'v2'].map((version) => serveModel(join(dir, version), version)));
  const gateway = await openGateway(
    readConfig({
      MODEL_V1_URL: `http://127.0.0.1:${servers[0]?.port}`,
      MODEL_V2_URL: `http://127.0.0.1:${servers[1]?.port}`,
      DATA_DIR: join(dir, 'data'),
      ...env,
    }),
    { log },
  );
  await gateway.started;
  const front = await serve(gateway.app, { port: 0, host: '127.0.0.1' });
  return {
    url: `http://127.0.0.1:${front.port}`,
    async stop() {
      await front.drain(1000);
      await gateway.close();
      await Promise.all(servers.map((server) => server.drain(1000)));
      rmSync(dir, { recursive: true });
    },
  };
}

async function serveModel(modelDir: string, modelVersion: string) {
  const config = { modelName: 'iris', modelVersion };
  writeFixtureModel(modelDir, { version: modelVersion, features: ['x0', 'x1'], classes: ['a', 'b', 'c'] });
  const host = new ModelHost({ ...config, modelDir, log });
  await host.start();
  host.stop();
  return serve(createApp({ config, host, registry: new Registry(), log }), { port: 0, host: '127.0.0.1' });
}
