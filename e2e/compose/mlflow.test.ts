import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type ReleasesView, releasesView } from '@coppice/contract';
import { predict } from '@coppice/testkit/predict';
import { freePort } from '@coppice/testkit/programs/free-port';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ComposeStack, memoryOf } from './compose-stack.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const setosa = { features: [5.1, 3.5, 1.4, 0.2] };
const password = 'not for any log';
const folder = mkdtempSync(join(tmpdir(), 'coppice-drill-'));
const archive = join(folder, 'coppice.tar.gz');
/** With what they depend on: page and Prometheus have no part in this. */
const services = ['gateway', 'mlflow-mirror'];
let stack: ComposeStack;
let mlflow: string;

beforeAll(async () => {
  const port = String(await freePort());
  mlflow = `http://127.0.0.1:${port}`;
  const login = { MLFLOW_TRACKING_USERNAME: 'ann', MLFLOW_TRACKING_PASSWORD: password };
  stack = await ComposeStack.create('mlflow', { COMPOSE_PROFILES: 'mlflow', MLFLOW_PORT: port, ...login });
  await stack.compose(['build']);
  const start = performance.now();
  await stack.up(...services);
  console.log(`mlflow: a stack with the profile is up in ${seconds(start)} s`);
});
afterAll(async () => {
  await stack?.down();
  rmSync(folder, { recursive: true, force: true });
});

it('starts nothing new without the profile', async () => {
  const services = await stack.compose(['config', '--services'], { COMPOSE_PROFILES: '' });
  expect(services.split('\n')).toContain('gateway');
  expect(services).not.toMatch(/mlflow/);
});

it.each(['mlflow', 'mlflow-mirror'])('confines %s, within its memory', async (service) => {
  const { Config, HostConfig } = await stack.inspect(service);
  expect(Config.User).not.toMatch(/^(|0|root)(:.*)?$/);
  expect(HostConfig).toMatchObject({ ReadonlyRootfs: true, CapDrop: ['ALL'], CapAdd: null });
  expect(HostConfig.SecurityOpt).toContain('no-new-privileges:true');
  const bindings = Object.values(HostConfig.PortBindings ?? {}).flat();
  expect(bindings.map(({ HostIp }) => HostIp)).toEqual(service === 'mlflow' ? ['127.0.0.1'] : []);
  const megabytes = await memoryOf((await stack.compose(['ps', '--quiet', service])).trim());
  console.log(`mlflow: ${service} holds ${megabytes} MB of ${HostConfig.Memory / 2 ** 20}`);
  expect(megabytes).toBeLessThan(service === 'mlflow' ? 700 : 150);
});

it('shows each training as a run and a version, with the aliases, to who logs in', async () => {
  expect((await fetch(`${mlflow}/api/2.0/mlflow/experiments/get-by-name?experiment_name=iris`)).status).toBe(401);
  await expect.poll(mirrored, { timeout: 180_000 }).toEqual({ versions: 2, champion: '1', challenger: '2' });
  const train = ['run', '--rm', '-T', '--no-deps', 'trainer', '--forest', 'v2=60x6'];
  await stack.compose(train);
  await expect.poll(mirrored, { timeout: 180_000 }).toEqual({ versions: 3, champion: '1', challenger: '2' });
});

it('serves the champion straight from MLflow, and its kept copy while that is away', async () => {
  await stack.compose(['up', '--detach', '--wait', '--no-deps', 'model-v1'], fromMlflow);
  expect(await served()).toBe('1');
  expect(await stack.compose(['exec', '-T', 'model-v1', 'node', '-e', readiness])).not.toContain('warning');

  await stack.compose(['stop', 'mlflow']);
  await stack.compose(['restart', 'model-v1']);
  await stack.compose(['up', '--detach', '--wait', '--no-deps', '--no-recreate', 'model-v1'], fromMlflow);
  expect(await stack.compose(['exec', '-T', 'model-v1', 'node', '-e', readiness])).toMatch(
    /serves the kept copy of release 1: MLflow at http:\/\/mlflow:5000 cannot be reached/,
  );
  expect(await served()).toBe('1');
  await stack.compose(['up', '--detach', '--wait', '--no-recreate', 'mlflow']);
});

it("offers an alias that is moved in MLflow, puts it back, and follows the registry's", async () => {
  await post('registered-models/alias', { name: 'iris', alias: 'challenger', version: '3' });
  await expect
    .poll(async () => (await releases()).offers, { timeout: 120_000 })
    .toMatchObject([{ alias: 'challenger', release: 3, who: 'mlflow' }]);
  await expect.poll(mirrored, { timeout: 120_000 }).toMatchObject({ challenger: '2' });
  expect(await registry('list')).toMatch(
    /^mlflow offers 3 as challenger since .*: alias challenger 3, or decline challenger$/m,
  );

  await registry('alias', 'challenger', '3');
  const start = performance.now();
  await expect.poll(mirrored, { timeout: 120_000 }).toMatchObject({ challenger: '3' });
  console.log(`mlflow: an alias of the registry is in MLflow after ${seconds(start)} s`);
  expect((await releases()).offers).toBeUndefined();
});

it('brings record, registry and MLflow back on an empty machine', async () => {
  for (let n = 0; n < 20; n++) await predict(stack.gatewayUrl, setosa);
  // two more were asked above; rows are written after their answers
  await expect.poll(countRows, { timeout: 30_000 }).toBe(22);
  const before = await everything();
  console.log(await timed('backup', 'backup', '--to', archive));

  await stack.down();
  const start = performance.now();
  await stack.up(...services);
  console.log(`drill: a new stack is up in ${seconds(start)} s`);
  console.log(await timed('restore', 'restore', archive));
  await expect.poll(everything, { timeout: 120_000 }).toEqual(before);
  expect(await predict(stack.gatewayUrl, setosa)).toMatchObject({ class: 'setosa' });
  expect(await stack.logs()).not.toContain(password);
});

const fromMlflow = { MODEL_V1_SOURCE: 'mlflow:iris@champion' };
/** Prints what the model server in the same container says of itself. */
const readiness = "fetch('http://127.0.0.1:8080/ready').then((answer) => answer.text()).then(console.log)";
const seconds = (start: number) => ((performance.now() - start) / 1000).toFixed(1);
const registry = (...words: string[]) => stack.compose(['run', '--rm', '-T', '--no-deps', 'registry', ...words]);

/** What must be the same after a recovery. */
async function everything() {
  const { champion, challenger, revision } = await releases();
  return { rows: await countRows(), champion, challenger, revision, mlflow: await mirrored(), runs: await runs() };
}

async function timed(what: string, ...[script, ...args]: [string, ...string[]]): Promise<string> {
  const start = performance.now();
  const env = { ...process.env, ...stack.environment };
  const { stdout } = await run(process.execPath, [`scripts/${script}.ts`, '--compose', ...args], { cwd: root, env });
  return `drill: ${what} in ${seconds(start)} s\n${stdout}`;
}

async function releases(): Promise<ReleasesView> {
  return releasesView.parse(await (await fetch(`${stack.gatewayUrl}/releases`)).json());
}

async function countRows(): Promise<number> {
  const csv = await (await fetch(`${stack.gatewayUrl}/predictions?format=csv`)).text();
  return csv.trim().split('\r\n').length - 1;
}

/** The release by which v1 answers. */
async function served(): Promise<string | null> {
  const headers = { 'content-type': 'application/json', 'X-Model-Version': 'v1' };
  const body = JSON.stringify(setosa);
  return (await fetch(`${stack.gatewayUrl}/predict`, { method: 'POST', headers, body })).headers.get('x-model-release');
}

type Model = { aliases?: { alias: string; version: string }[] };

async function mirrored() {
  const { registered_model: model } = await ask<{ registered_model: Model }>('registered-models/get?name=iris');
  const { model_versions: versions = [] } = await ask<{ model_versions?: object[] }>('model-versions/search');
  const of = (name: string) => model.aliases?.find(({ alias }) => alias === name)?.version;
  return { versions: versions.length, champion: of('champion'), challenger: of('challenger') };
}

/** The runs that are finished, each with the number of its metrics. */
async function runs(): Promise<unknown[]> {
  type Found = { runs?: { info: { run_id: string; status: string }; data: { metrics?: object[] } }[] };
  const found = (await (await post('runs/search', { experiment_ids: ['1'] })).json()) as Found;
  return (found.runs ?? []).map(({ info, data }) => [info.run_id, info.status, data.metrics?.length]);
}

const authorization = `Basic ${Buffer.from(`ann:${password}`).toString('base64')}`;

async function ask<T>(path: string): Promise<T> {
  const answer = await fetch(`${mlflow}/api/2.0/mlflow/${path}`, { headers: { authorization } });
  return (await answer.json()) as T;
}

function post(path: string, body: object): Promise<Response> {
  const headers = { authorization, 'content-type': 'application/json' };
  return fetch(`${mlflow}/api/2.0/mlflow/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
}
