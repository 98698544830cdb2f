import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '@coppice/models/app';
import { ModelHost } from '@coppice/models/host/model-host';
import { FolderSource } from '@coppice/models/source/folder-source';
import { readAllowedHosts } from '@coppice/serverkit';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { writeFixtureModel } from './fixture-model.ts';

export const config = { modelName: 'iris', modelVersion: 'v1' };
export const silent = pino({ level: 'silent' });

/** For tests: an app that serves the fixture model (class a for x0 below 0.5, b below 1.5, else c). */
export async function fixtureApp({ ready = true } = {}) {
  const modelDir = mkdtempSync(join(tmpdir(), 'coppice-model-'));
  if (ready) writeFixtureModel(modelDir, { features: ['x0', 'x1', 'x2'], classes: ['a', 'b', 'c'] });
  const host = new ModelHost({ ...config, source: new FolderSource(modelDir, config), log: silent });
  await host.start();
  host.stop();
  return {
    modelDir,
    host,
    ...createApp({ config: { ...config, hosts: readAllowedHosts('') }, host, registry: new Registry(), log: silent }),
  };
}
