import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from '@coppice/registry/registry';
import { FolderStore } from '@coppice/registry/stores/folder-store';
import { releaseFiles } from '@coppice/testkit/release-files';
import { expect, it } from 'vitest';
import { sendToMlflow } from './send-to-mlflow.ts';

it('is no error of a training when another release has a broken manifest', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'coppice-send-'));
  const server = createServer((_, res) => void res.end('{}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const registry = new Registry(new FolderStore(folder), { model: 'iris' });
    for (const note of ['1', '2'])
      await registry.publish({
        ...{ files: releaseFiles({ note }), who: 'ann' },
        lineage: { data: null, commit: null, parent: null },
      });
    const [first = ''] = readdirSync(join(folder, 'iris/releases'));
    writeFileSync(join(folder, 'iris/releases', first), 'no manifest');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const outbox = { config: { url, login: null }, sync: () => 'npm run mlflow -- sync' };
    const said: string[] = [];
    await sendToMlflow(outbox, folder, { model: 'iris', made: 1 }, (line) => said.push(line));
    expect(said).toEqual([
      expect.stringMatching(/^release 1 of iris in .* has no valid manifest; release 2 is sent with/),
    ]);
  } finally {
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
  }
});
