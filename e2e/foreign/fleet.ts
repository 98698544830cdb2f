import { join } from 'node:path';
import { startModelServer } from '@coppice/testkit/model-server';
import { startGateway } from '@coppice/testkit/start-gateway';
import { eventually } from '@coppice/testkit/waiting/eventually';
import type { Reader } from './recipes.ts';

/**
 * A gateway in front of the reader's own forest (v1) and of the versions of `settings`, each with the same weight.
 * Resolves once all are ready.
 */
export async function startFleet(reader: Reader, settings: Record<string, string>) {
  const forest = await startModelServer({ version: 'v1', modelDir: join(reader.folder, 'artifacts/v1') });
  const weights = Object.keys(settings).map((name) => [name.replace(/_(URL|NAME)$/, '_WEIGHT'), '50'] as const);
  const gateway = await startGateway({
    models: [forest.url],
    features: 4,
    env: { ...settings, ...Object.fromEntries(weights) },
  });
  const stop = async () => {
    await gateway.stop();
    await forest.stop();
  };
  try {
    await eventually(async () => (await gateway.get('/ready')).body.status === 'ready', {
      what: 'all versions are ready',
      more: () => gateway.logged(),
      seconds: 20,
    });
    return { gateway, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

export type Fleet = Awaited<ReturnType<typeof startFleet>>;
