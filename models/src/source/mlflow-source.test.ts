import { hash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MlflowStandIn } from '@coppice/testkit/mlflow-stand-in';
import { releaseFiles } from '@coppice/testkit/release-files';
import { until } from '@coppice/testkit/waiting/until';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ModelHost } from '../host/model-host.ts';
import { openSource } from './open-source.ts';
import { readSourceConfig } from './source-config.ts';

let mlflow: MlflowStandIn;
let folder: string;
const hosts: ModelHost[] = [];

beforeEach(async () => {
  mlflow = await MlflowStandIn.start();
  folder = mkdtempSync(join(tmpdir(), 'coppice-mlflow-'));
});
afterEach(async () => {
  for (const host of hosts.splice(0)) host.stop();
  await mlflow.down().catch(() => {});
  rmSync(folder, { recursive: true });
});

async function hostOf(which: string | number): Promise<ModelHost> {
  const env = { MODEL_SOURCE: `mlflow:iris@${which}`, MLFLOW_TRACKING_URI: mlflow.url, MODEL_KEEP_DIR: folder };
  const identity = { modelName: 'iris', modelVersion: 'v1' };
  const source = await openSource({ ...identity, source: readSourceConfig(env) });
  const host = new ModelHost({ ...identity, source, log: pino({ level: 'silent' }), retryMs: 5, mendMs: 200 });
  hosts.push(host);
  await host.start();
  return host;
}

const sent = (shift: number, release: number) => {
  const files = releaseFiles({ shift });
  const sha256 = hash('sha256', files.get('model.onnx') as Uint8Array);
  return mlflow.add(files, { 'coppice.release': String(release), 'coppice.sha256': sha256 });
};
const status = ({ status: now }: ModelHost) => (now.ready ? [now.release, now.warning] : now.reason);

it('serves the version that an alias names, under its release, and another one soon after it moves', async () => {
  sent(0, 4);
  sent(1, 5);
  mlflow.aliases.set('champion', 1);
  const host = await hostOf('champion');
  expect(status(host)).toEqual([4, null]);
  mlflow.aliases.set('champion', 2);
  await until(() => expect(status(host)).toEqual([5, null]));
});

it('asks one thing at each look', async () => {
  sent(0, 1);
  mlflow.aliases.set('champion', 1);
  const host = await hostOf('champion');
  await until(() => expect(mlflow.asked.length).toBeGreaterThan(20));
  host.stop();
  const looks = mlflow.asked.filter((line) => line === 'GET /api/2.0/mlflow/registered-models/alias');
  // the others are where the files are, and the two files
  expect(mlflow.asked.length - looks.length).toBe(3);
});

it('serves a version by its number, and takes that number where no tag names a release', async () => {
  sent(0, 4);
  mlflow.add(releaseFiles({ shift: 1 }));
  expect(status(await hostOf(1))).toEqual([4, null]);
  expect(status(await hostOf(2))).toEqual([2, null]);
});

it('starts with the last verified copy while MLflow is away, says so, and follows once it is back', async () => {
  sent(0, 4);
  sent(1, 5);
  mlflow.aliases.set('champion', 1);
  (await hostOf('champion')).stop();
  await mlflow.down();
  const host = await hostOf('champion');
  const warning = expect.stringMatching(/^serves the kept copy of release 4: MLflow at \S+ cannot be reached: /);
  expect(status(host)).toEqual([4, warning]);
  mlflow.aliases.set('champion', 2);
  await mlflow.up();
  await until(() => expect(status(host)).toEqual([5, null]));
});

it('goes on serving while MLflow fails, with a warning', async () => {
  sent(0, 4);
  mlflow.aliases.set('champion', 1);
  const host = await hostOf('champion');
  mlflow.failing = true;
  await until(() => expect(status(host)).toEqual([4, expect.stringMatching(/answers 500: broken$/)]));
  mlflow.failing = false;
  await until(() => expect(status(host)).toEqual([4, null]));
});

it.each<[string, () => void, RegExp]>([
  ['an alias that is missing', () => {}, /^iris has no champion in MLflow at \S+: npm run mlflow -- sync/],
  [
    'a model without our card',
    () => mlflow.add(new Map([['model.onnx', Buffer.from('x')]])),
    /^version 1 of iris in MLflow has no model-card.json, so nobody knows its features and classes: download its model.onnx and bring it into the registry by npm run registry -- import/,
  ],
  [
    'a changed file',
    () => mlflow.add(releaseFiles().set('model.onnx', Buffer.from('x'))),
    /^model.onnx of version 1 of iris in MLflow is not the file that model-card.json describes/,
  ],
  [
    "another file than the tag's",
    () => mlflow.add(releaseFiles(), { 'coppice.sha256': 'f'.repeat(64) }),
    /^version 1 of iris in MLflow has the tag of another file: sha256 f{64}, not /,
  ],
])('refuses %s with the reason', async (_, register, reason) => {
  register();
  if (mlflow.versions.length > 0) mlflow.aliases.set('champion', 1);
  expect(status(await hostOf('champion'))).toMatch(reason);
});
