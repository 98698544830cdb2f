import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '@coppice/models/app';
import { ModelHost } from '@coppice/models/host/model-host';
import { FolderSource } from '@coppice/models/source/folder-source';
import { RegistrySource } from '@coppice/models/source/registry-source';
import { openRegistry } from '@coppice/registry/open-registry';
import { readAllowedHosts, serve } from '@coppice/serverkit';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { writeFixtureModel } from './fixture-model.ts';
import { writeMadeUpReport } from './write-made-up-report.ts';

export const iris = {
  features: ['sepal_length', 'sepal_width', 'petal_length', 'petal_width'],
  classes: ['setosa', 'versicolor', 'virginica'],
};

type Options = {
  version: string;
  /** The name that the model has in its card. */
  modelName?: string;
  /** Folder of trained artifacts; without it the fixture model answers: the class is the first feature, rounded. */
  modelDir?: string;
  /** Names of the fixture model's features and classes; Iris by default. */
  names?: { features: string[]; classes: string[] };
  /** Shifts the fixture's answers by this many classes. */
  shift?: number;
  port?: number;
  /** Serves a release of a registry in this folder, or at this place of S3, instead, and follows it. */
  registry?: { folder: string; alias: 'champion' | 'challenger' };
};

/** A real model server with a real ONNX model. */
export async function startModelServer({
  version,
  modelName = 'iris',
  modelDir,
  names = iris,
  shift = 0,
  port = 0,
  registry,
}: Options) {
  const log = pino({ level: 'silent' });
  const folder = mkdtempSync(join(tmpdir(), 'coppice-model-'));
  if (!modelDir && !registry) {
    writeFixtureModel(join(folder, version), { ...names, version, shift });
    writeMadeUpReport(join(folder, version), names.classes);
  }
  const config = { modelName, modelVersion: version };
  const source = registry
    ? new RegistrySource(await openRegistry(registry.folder, modelName), registry.alias, null)
    : new FolderSource(modelDir ?? join(folder, version), config);
  const host = new ModelHost({ ...config, source, log, ...(registry ? { retryMs: 20 } : {}) });
  await host.start();
  const { app, fastRoute } = createApp({
    config: { ...config, hosts: readAllowedHosts('') },
    host,
    registry: new Registry(),
    log,
  });
  const serving = await serve(app, { port, host: '127.0.0.1', fastRoute });
  return {
    url: `http://127.0.0.1:${serving.port}`,
    port: serving.port,
    /** Breaks all connections, as a killed process does. */
    async kill() {
      serving.server.closeAllConnections();
      host.stop();
      await serving.drain(0);
    },
    async stop() {
      host.stop();
      await serving.drain(100);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
