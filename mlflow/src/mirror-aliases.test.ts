import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from '@coppice/registry/registry';
import { FolderStore } from '@coppice/registry/stores/folder-store';
import { MlflowStandIn } from '@coppice/testkit/mlflow-stand-in';
import { releaseFiles } from '@coppice/testkit/release-files';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { mirrorAliases } from './mirror-aliases.ts';
import { MlflowClient } from './mlflow-client.ts';
import { RELEASE_TAG, SHA256_TAG } from './mlflow-models.ts';

let mlflow: MlflowStandIn;
let registry: Registry;
let folder: string;
const by = { who: 'ann', reason: '' };

beforeEach(async () => {
  mlflow = await MlflowStandIn.start();
  folder = mkdtempSync(join(tmpdir(), 'coppice-mirror-'));
  registry = new Registry(new FolderStore(folder), { model: 'iris' });
  // version 1 of MLflow is somebody's own, so that release 1 is version 2
  mlflow.add(new Map());
  for (const shift of [0, 1, 2]) {
    const files = releaseFiles({ shift });
    const release = await registry.publish({ files, lineage: { data: null, commit: null, parent: null }, who: 'ann' });
    const sha256 = release.files['model.onnx']?.sha256 as string;
    mlflow.add(files, { [RELEASE_TAG]: String(release.number), [SHA256_TAG]: sha256 });
  }
  await registry.setAlias('champion', 1, by);
  await registry.setAlias('challenger', 2, by);
});
afterEach(async () => {
  await mlflow.down();
  rmSync(folder, { recursive: true });
});

const mirror = (versionOf = async (release: number): Promise<number | null> => release + 1) =>
  mirrorAliases({ client: new MlflowClient({ url: mlflow.url, login: null }), registry, versionOf });
const offers = async () =>
  (await registry.current()).state.offers.map(({ alias, release, who }) => `${who}: ${alias} ${release}`);
const there = () => Object.fromEntries(mlflow.aliases);

it("sets the registry's aliases, whoever moved them, and asks one thing when nothing changed", async () => {
  expect(await mirror()).toEqual([
    'champion in MLflow: none → version 2, release 1',
    'challenger in MLflow: none → version 3, release 2',
  ]);
  await registry.promote({ weights: null, approval: 'auto' }, by);
  await registry.setAlias('challenger', null, by);
  expect(await mirror()).toEqual([
    'champion in MLflow: version 2 → version 3, release 2',
    'challenger in MLflow: version 3 → none',
  ]);
  expect([there(), await offers()]).toEqual([{ champion: 3 }, []]);
  mlflow.asked.splice(0);
  expect(await mirror()).toEqual([]);
  expect(mlflow.asked).toEqual(['GET /api/2.0/mlflow/registered-models/get']);
});

it('offers an alias that was moved in MLflow, once, and puts it back', async () => {
  await mirror();
  mlflow.aliases.set('champion', 4);
  expect(await mirror()).toEqual([
    'champion was moved to version 4 in MLflow: release 3 is offered as champion',
    'champion in MLflow: version 4 → version 2, release 1',
  ]);
  expect([there().champion, await offers(), await mirror()]).toEqual([2, ['mlflow: champion 3'], []]);
  expect((await registry.audit(1))[0]).toMatchObject({
    ...{ who: 'mlflow', action: 'offer', what: 'champion: 1 → 3 is offered', reason: 'moved to version 4 in MLflow' },
  });

  await registry.setAlias('champion', 3, by);
  expect(await mirror()).toEqual(['champion in MLflow: version 2 → version 4, release 3']);
  expect([there().champion, await offers()]).toEqual([4, []]);
});

it('puts back what was taken away in MLflow, and offers nothing then', async () => {
  await mirror();
  mlflow.aliases.delete('champion');
  expect(await mirror()).toEqual(['champion in MLflow: none → version 2, release 1']);
  expect(await offers()).toEqual([]);
});

it.each<[string, () => Promise<unknown>, number, string]>([
  ['is no release', async () => {}, 1, 'which is no release here'],
  [
    'is a release of another registry',
    async () => mlflow.add(new Map(), { [RELEASE_TAG]: '3', [SHA256_TAG]: 'f' }),
    5,
    'which is no release here',
  ],
  [
    'is pruned by now',
    async () => mlflow.add(new Map(), { [RELEASE_TAG]: '9', [SHA256_TAG]: 'f' }),
    5,
    'which is no release here',
  ],
  ['was rejected', () => registry.judge(3, false, by), 4, 'release 3 was rejected by ann'],
])('puts back a version that %s, and says why it is no offer', async (_, prepare, version, why) => {
  await mirror();
  await prepare();
  mlflow.aliases.set('champion', version);
  for (const _ of ['once', 'and again']) {
    mlflow.aliases.set('champion', version);
    const [line] = await mirror();
    expect(line).toContain(`champion was moved to version ${version} in MLflow`);
    expect(line).toContain(why);
  }
  expect([there().champion, await offers()]).toEqual([2, []]);
});

it.each(['set-tag', 'alias'])('offers nothing false after an end before %s', async (call) => {
  await mirror();
  await registry.setAlias('champion', 2, by);
  mlflow.failingAt = `registered-models/${call}`;
  await expect(mirror()).rejects.toThrow('answers 500');
  mlflow.failingAt = null;
  await registry.setAlias('champion', 3, by);
  await mirror();
  expect([there().champion, await offers()]).toEqual([4, []]);
});

it('leaves an alias alone while MLflow has no version of its release', async () => {
  expect(await mirror(async (release) => (release === 1 ? null : release + 1))).toEqual([
    'challenger in MLflow: none → version 3, release 2',
  ]);
  expect(there()).toEqual({ challenger: 3 });
});
