import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from '@coppice/registry/registry';
import { FolderStore } from '@coppice/registry/stores/folder-store';
import { MlflowStandIn } from '@coppice/testkit/mlflow-stand-in';
import { releaseFiles } from '@coppice/testkit/release-files';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Mirror } from './mirror.ts';
import { MlflowClient } from './mlflow-client.ts';
import { RELEASE_TAG, SHA256_TAG } from './mlflow-models.ts';

let mlflow: MlflowStandIn;
let registry: Registry;
let mirror: Mirror;
let folder: string;
const by = { who: 'ann', reason: '' };

beforeEach(async () => {
  mlflow = await MlflowStandIn.start();
  folder = mkdtempSync(join(tmpdir(), 'coppice-mirror-'));
  registry = new Registry(new FolderStore(folder), { model: 'iris' });
  for (const shift of [0, 1]) send(await publish(shift));
  await registry.setAlias('champion', 1, by);
  mirror = new Mirror(new MlflowClient({ url: mlflow.url, login: null }), registry);
});
afterEach(async () => {
  await mlflow.down();
  rmSync(folder, { recursive: true });
});

const publish = (shift: number) =>
  registry.publish({
    ...{ files: releaseFiles({ shift }), who: 'ann' },
    lineage: { data: null, commit: null, parent: null },
  });
const send = ({ number, files }: Awaited<ReturnType<typeof publish>>) =>
  mlflow.add(new Map(), { [RELEASE_TAG]: String(number), [SHA256_TAG]: files['model.onnx']?.sha256 as string });

it('looks for all versions again after MLflow refused one that was deleted there', async () => {
  await mirror.look();
  // as after a server with another volume: release 2 is version 1
  mlflow.versions.shift();
  mlflow.aliases.clear();
  await registry.setAlias('champion', 2, by);
  await expect(mirror.look()).rejects.toThrow('version=2) not found');
  expect(await mirror.look()).toContain('champion in MLflow: none → version 1, release 2');
});

it('moves aliases although MLflow refuses a release, and says once why', async () => {
  await publish(2);
  await registry.setAlias('champion', 2, by);
  expect(await mirror.look()).toEqual([
    expect.stringMatching(/^MLflow at .* answers 404: .*; releases that it does not have are sent later$/),
    'champion in MLflow: none → version 2, release 2',
  ]);
  await registry.setAlias('champion', 1, by);
  expect(await mirror.look()).toEqual(['champion in MLflow: version 2 → version 1, release 1']);
});
