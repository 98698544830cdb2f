import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '@coppice/models/app';
import { ModelHost } from '@coppice/models/model/model-host';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { writeFixtureModel } from './fixture-model.ts';

export const config = { modelName: 'iris', modelVersion: 'v1' };
export const silent = pino({ level: 'silent' });

/** For tests: an app that serves the trainer's fixture (class a, b or c as x0 is below 0.5, 1.5 or not). */
export async function fixtureApp({ ready = true } = {}) {
  const modelDir = mkdtempSync(join(tmpdir(), 'coppice-model-'));
  if (ready) writeFixtureModel(modelDir, { features: ['x0', 'x1', 'x2'], classes: ['a', 'b', 'c'] });
  const host = new ModelHost({ ...config, modelDir, log: silent });
  await host.start();
  host.stop();
  return { modelDir, host, app: createApp({ config, host, registry: new Registry(), log: silent }) };
}
