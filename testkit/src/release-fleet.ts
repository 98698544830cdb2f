import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from '@coppice/registry/registry';
import { FolderStore } from '@coppice/registry/stores/folder-store';
import { startModelServer } from './model-server.ts';
import { releaseFiles } from './release-files.ts';

type Options = { features?: string[]; classes?: string[] };

/**
 * A registry in a folder, with releases 1 (the champion), 2 (the challenger) and 3, and real model servers that follow it:
 * v1 the champion, v2 the challenger. The class of a row is its first feature; in release 2 and 3 the next one after it.
 */
export async function startReleaseFleet({ features = ['x0', 'x1'], classes = ['a', 'b'] }: Options = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'coppice-releases-'));
  const open = () => new Registry(new FolderStore(folder), { model: 'iris' });
  const registry = open();
  for (const [shift, note] of [
    [0, '1'],
    [1, '2'],
    [1, '3'],
  ] as const)
    await registry.publish({
      files: releaseFiles({ features, classes, shift, note }),
      lineage: { data: null, commit: null, parent: null },
      who: 'test',
    });
  await registry.begin([1, 2], 'example', { who: 'test', reason: '' });
  const servers = await Promise.all([
    startModelServer({ version: 'v1', registry: { folder, alias: 'champion' } }),
    startModelServer({ version: 'v2', registry: { folder, alias: 'challenger' } }),
  ]);
  return {
    folder,
    registry,
    /** Another one that reads the same folder. */
    open,
    models: servers.map(({ url }) => url),
    servers,
    async stop() {
      await Promise.all(servers.map((server) => server.stop()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export type ReleaseFleet = Awaited<ReturnType<typeof startReleaseFleet>>;
