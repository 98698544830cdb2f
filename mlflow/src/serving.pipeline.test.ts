import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ModelHost } from '@coppice/models/host/model-host';
import { MlflowSource } from '@coppice/models/source/mlflow-source';
import { Registry } from '@coppice/registry/registry';
import { FolderStore } from '@coppice/registry/stores/folder-store';
import { startThrowawayMlflow, type ThrowawayMlflow } from '@coppice/testkit/programs/throwaway-mlflow';
import { releaseFiles } from '@coppice/testkit/release-files';
import { eventually } from '@coppice/testkit/waiting/eventually';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { Mirror } from './mirror.ts';
import { MlflowClient } from './mlflow-client.ts';

const by = { who: 'ann', reason: '' };
let mlflow: ThrowawayMlflow;
let client: MlflowClient;
let registry: Registry;
let folder: string;
let mirror: Mirror;

beforeAll(async () => {
  mlflow = await startThrowawayMlflow();
  client = new MlflowClient({ url: mlflow.url, login: null });
  folder = mkdtempSync(join(tmpdir(), 'coppice-serving-'));
  registry = new Registry(new FolderStore(folder), { model: 'iris' });
  mirror = new Mirror(client, registry);
  for (const shift of [0, 1, 2]) await publish(shift);
  await registry.setAlias('champion', 1, by);
  await registry.setAlias('challenger', 2, by);
});
afterAll(async () => {
  await mlflow?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const publish = (shift: number) =>
  registry.publish({
    ...{ files: releaseFiles({ shift }), who: 'ann' },
    lineage: { data: null, commit: null, parent: null },
  });
const setAlias = (alias: string, version: string) =>
  client.post('registered-models/alias', { name: 'iris', alias, version }, z.unknown());
const offers = async () => (await registry.current()).state.offers.map(({ alias, release }) => `${alias} ${release}`);

async function hostOf(selector: 'champion' | number): Promise<ModelHost> {
  const source = new MlflowSource(client, { model: 'iris', selector }, null);
  const log = { info() {}, warn() {}, error() {} };
  const host = new ModelHost({ modelName: 'iris', modelVersion: 'v1', source, log, retryMs: 200 });
  onTestFinished(() => host.stop());
  await host.start();
  return host;
}
const status = ({ status: now }: ModelHost) => (now.ready ? [now.release, now.warning] : now.reason);

it('serves what an alias of a real server names, by way of the registry and its mirror', async () => {
  const empty = await hostOf('champion');
  expect(status(empty)).toMatch(/^iris has no champion in MLflow at /);
  expect(await mirror.look()).toEqual([
    ...[1, 2, 3].map((number) => `release ${number} is version ${number} in MLflow`),
    // the send has set the aliases
  ]);
  await eventually(() => empty.status.ready);
  expect(status(empty)).toEqual([1, null]);
  expect(status(await hostOf(2))).toEqual([2, null]);
  expect(status(await hostOf(9))).toMatch(/^iris has no version 9 in MLflow at /);

  const note = await (empty.status.ready ? empty.status.file('report/note.txt') : null);
  expect(note).not.toBeNull();
  expect(await (empty.status.ready ? empty.status.file('report/none.html') : undefined)).toBeNull();

  await registry.promote({ weights: null, approval: 'auto' }, by);
  expect(await mirror.look()).toEqual(['champion in MLflow: version 1 → version 2, release 2']);
  await eventually(() => empty.status.ready && empty.status.release === 2);
});

it('offers an alias that is moved on a real server, and puts it back', async () => {
  await setAlias('challenger', '3');
  expect(await mirror.look()).toEqual([
    'challenger was moved to version 3 in MLflow: release 3 is offered as challenger',
    'challenger in MLflow: version 3 → version 2, release 2',
  ]);
  expect(await offers()).toEqual(['challenger 3']);
  expect(await mirror.look()).toEqual([]);
  await registry.setAlias('challenger', null, by);
  expect(await mirror.look()).toEqual(['challenger in MLflow: version 2 → none']);
  await registry.setAlias('challenger', 3, by);
  expect(await mirror.look()).toEqual(['challenger in MLflow: none → version 3, release 3']);
  expect(await offers()).toEqual([]);
});

it('refuses a version that has no model card, and says what to do', async () => {
  const made = z.object({ run: z.object({ info: z.object({ run_id: z.string(), artifact_uri: z.string() }) }) });
  const { run } = await client.post('runs/create', { experiment_id: '0' }, made);
  const { run_id, artifact_uri: place } = run.info;
  await client.upload(place, 'model/model.onnx', releaseFiles().get('model.onnx') as Uint8Array);
  await client.post('model-versions/create', { name: 'iris', source: `${place}/model`, run_id }, z.unknown());
  expect(status(await hostOf(4))).toMatch(
    /^version 4 of iris in MLflow has no model-card.json, .* npm run registry -- import --model model.onnx --data SAMPLE.csv$/,
  );
});

it('mirrors as a program, through an outage, until SIGTERM', async () => {
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  const env = { ...process.env, MLFLOW_TRACKING_URI: mlflow.url, REGISTRY_URL: folder };
  const program = spawn(process.execPath, ['scripts/mlflow.ts', 'mirror', '--every', '1'], { cwd, env });
  onTestFinished(() => void program.kill('SIGKILL'));
  let said = '';
  for (const stream of [program.stdout, program.stderr])
    stream.on('data', (text) => {
      said += text;
    });
  await eventually(() => said.includes(`mirrors iris in ${folder} to MLflow at ${mlflow.url}`));
  await mlflow.down();
  await eventually(() => /MLflow at \S+ cannot be reached: .*; tries again every 1 s/.test(said));
  await publish(3);
  await registry.setAlias('champion', 4, by);
  await mlflow.up();
  for (const line of ['release 4 is version 5 in MLflow', 'champion in MLflow: version 2 → version 5, release 4'])
    await eventually(() => said.includes(line), { more: () => said });
  expect(said.match(/cannot be reached/g)).toHaveLength(1);
  program.kill('SIGTERM');
  expect(await once(program, 'exit')).toEqual([0, null]);
});
