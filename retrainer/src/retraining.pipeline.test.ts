import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RetrainJob } from '@coppice/contract';
import { Registry } from '@coppice/registry/registry';
import { FolderStore } from '@coppice/registry/stores/folder-store';
import { readIris } from '@coppice/testkit/iris';
import { startModelServer } from '@coppice/testkit/model-server';
import { freePort } from '@coppice/testkit/programs/free-port';
import { attempt, root, run } from '@coppice/testkit/programs/run-command';
import { seededRandom } from '@coppice/testkit/seeded-random';
import { startGateway, type TestGateway } from '@coppice/testkit/start-gateway';
import { eventually } from '@coppice/testkit/waiting/eventually';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const token = 'a-token-of-the-retrainer';
const main = join(root, 'retrainer/src/main.ts');
const program = (args: string[], env: NodeJS.ProcessEnv) => attempt(process.execPath, [main, ...args], env);

let folder: string;
let registry: Registry;
let gateway: TestGateway;
let stopModels: () => Promise<unknown>;
const children: { process: ChildProcess; output: () => string }[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'coppice-retraining-'));
  const place = join(folder, 'registry');
  registry = new Registry(new FolderStore(place), { model: 'iris' });
  await run(process.execPath, [
    ...[join(root, 'trainer/src/main.ts'), '--out', join(folder, 'artifacts'), '--registry', place],
    ...['--forest', 'v1=10x5', '--forest', 'v2=10x7'],
  ]);
  const models = await Promise.all([
    startModelServer({ version: 'v1', registry: { folder: place, alias: 'champion' } }),
    startModelServer({ version: 'v2', registry: { folder: place, alias: 'challenger' } }),
  ]);
  stopModels = () => Promise.all(models.map((model) => model.stop()));
  gateway = await startGateway({
    ...{ models: models.map(({ url }) => url), features: 4 },
    env: { REGISTRY_URL: place, MODEL_V1_WEIGHT: '100', MODEL_V2_WEIGHT: '0', RECORD_FLUSH_MS: '20' },
  });
  await eventually(async () => (await gateway.get('/ready')).body.status === 'ready');
});

afterAll(async () => {
  for (const { process } of children)
    if (process.exitCode === null && process.signalCode === null && process.kill('SIGKILL'))
      await once(process, 'exit');
  await gateway?.stop();
  await stopModels?.();
  rmSync(folder, { recursive: true, force: true });
});

const environment = (more: NodeJS.ProcessEnv = {}) => ({
  ...{ REGISTRY_URL: join(folder, 'registry'), GATEWAY_URL: gateway.url, ADMIN_TOKEN: 'test-admin-token' },
  ...{ RETRAIN_TOKEN: token, RETRAIN_LEASE: '2', RETRAIN_LOOK_SECONDS: '0.2', RETRAIN_MIN_ROWS: '100' },
  ...more,
});

/** A retrainer of its own process, as in its container. */
async function startRetrainer(more: NodeJS.ProcessEnv = {}) {
  const port = await freePort();
  const child = spawn(process.execPath, [main], {
    env: { ...process.env, ...environment(more), RETRAIN_PORT: String(port), BIND_ADDRESS: '127.0.0.1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  children.push({ process: child, output: () => output });
  const url = `http://127.0.0.1:${port}`;
  await eventually(async () => (await fetch(`${url}/ready`)).ok, { more: () => output });
  const send = async (path: string, body: unknown, bearer = token) => {
    const answer = await fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${bearer}` },
      body: JSON.stringify(body),
    });
    // biome-ignore lint/suspicious/noExplicitAny: tests read answers freely and check what they find
    return { status: answer.status, body: (await answer.json()) as any };
  };
  return { child, url, send, metrics: async () => (await fetch(`${url}/metrics`)).text(), output: () => output };
}

const webhook = (alertname: string, status = 'firing') => ({
  ...{ version: '4', status, receiver: 'retrainer' },
  alerts: [{ status, labels: { alertname }, annotations: { summary: 'The inputs differ' } }],
});

/** Traffic that drifts: flowers whose every measure is larger by `shift`, with the truth as feedback. */
async function drift(rows: number, { shift = 3, seed = 1 } = {}) {
  const iris = readIris();
  const random = seededRandom(seed);
  const feedback: { prediction_id: string; actual: string | undefined }[] = [];
  for (let i = 0; i < rows; i++) {
    const at = Math.floor(random() * iris.rows.length);
    const features = iris.rows[at]?.map((value) => Number((value + shift + 0.2 * (random() - 0.5)).toFixed(3)));
    const { body } = await gateway.post('/predict', { features });
    feedback.push({ prediction_id: body.prediction_id, actual: iris.classes[at] });
  }
  await eventually(async () => (await gateway.post('/feedback', { feedback })).status === 200);
}

const ended = (id: number, ...states: RetrainJob['state'][]) =>
  eventually(
    async () => {
      const job = await registry.job(id);
      return job && states.includes(job.state) && job;
    },
    {
      what: `job ${id} is ${states.join(' or ')}`,
      seconds: 90,
      more: () => children.map(({ output }) => output()).join('\n'),
    },
  );

describe('retraining', { timeout: 300_000 }, () => {
  it('goes from drift to a challenger that waits for approval, and once approved to a rollout', async () => {
    const retrainer = await startRetrainer();
    expect((await retrainer.send('/alerts', webhook('ModelDrift'), 'another-token-than-it')).status).toBe(401);
    expect((await retrainer.send('/alerts', { version: '4' })).status).toBe(400);
    expect(await retrainer.send('/alerts', webhook('GatewayDown'))).toMatchObject({
      ...{ status: 200, body: { job: null, why: 'No alert asks for a job.', ignored: [{ alert: 'GatewayDown' }] } },
    });
    await drift(200);
    // what is tried on the page is out
    await gateway.post('/predict', { features: [1, 1, 1, 1] }, { 'x-source': 'page' });

    expect(await retrainer.send('/alerts', webhook('FeatureDrift'))).toMatchObject({
      status: 200,
      body: { job: 1, why: null },
    });
    const waiting = await ended(
      1,
      'waits for approval',
      'failed',
      'refused',
      'refused by the gate',
      'waits for traffic',
    );
    expect(waiting).toMatchObject({
      ...{ state: 'waits for approval', release: 3, cause: { kind: 'alert', text: 'FeatureDrift: The inputs differ' } },
      rows: { base: 120, recorded: 200, train: 280, test: 40 },
      gate: [{ line: 'not worse than the champion by more than 0.1', passed: true }],
      decision: "Release 3 waits for a person's approval: npm run registry -- approve 3",
    });
    const { state } = await registry.current();
    expect(state.aliases).toEqual({ champion: 1, challenger: 3 });
    const comparison = await registry.comparison(3, 1);
    expect(comparison).toMatchObject({ rows: 40 });
    expect(comparison?.at_least).toBeGreaterThan(0);
    expect((await gateway.get('/config')).body.shadow).toBe('v2');
    expect((await gateway.get('/replay')).body.replays[0]).toMatchObject({ version: 'v2', state: 'done', rows: 200 });

    const second = await retrainer.send('/alerts', webhook('ModelDrift'));
    expect(second).toMatchObject({ status: 200, body: { job: null } });
    expect(second.body.why).toMatch(/^Job 1 began \d+ min ago, and the cool-down is 24 hours \(RETRAIN_COOL_DOWN\)\.$/);

    expect((await gateway.get('/retraining')).body).toMatchObject({
      jobs: [{ id: 1, state: 'waits for approval' }],
      trouble: null,
    });
    const { log } = (await gateway.get('/retraining/1')).body;
    expect(log.join('\n')).toMatch(
      /begun by alert[\s\S]*200 recorded rows with feedback[\s\S]*challenger: 2 → 3[\s\S]*replay/,
    );

    await registry.judge(3, true, { who: 'ann', reason: 'the report is good' });
    expect((await ended(1, 'rollout started')).decision).toBe(
      'The rollout of release 3 in v2 started, approved by ann.',
    );
    expect((await gateway.get('/rollout')).body.rollout).toMatchObject({
      ...{ version: 'v2', state: 'running', promote: { release: 3, state: 'waits' } },
    });
    expect(await retrainer.metrics()).toMatch(/retrainer_jobs_total\{end="waits for approval"\} 1/);

    retrainer.child.kill('SIGTERM');
    expect((await once(retrainer.child, 'exit'))[0]).toBe(0);
  });

  it('waits to become challenger while a rollout runs', async () => {
    await drift(20, { shift: 4, seed: 2 });
    const { status, output } = await program(['once', '--why', 'prices changed'], environment());
    expect({ status, output }).toEqual({
      status: 0,
      output: expect.stringMatching(
        /begun by command: prices changed[\s\S]*waits for traffic: Release 4 passes the gate and waits to become challenger: a rollout of v2 runs\.\n$/,
      ),
    });
    expect((await registry.current()).state.aliases.challenger).toBe(3);
    await fetch(`${gateway.url}/rollout/abort`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer test-admin-token' },
      body: JSON.stringify({ reason: 'another one comes' }),
    });
    await startRetrainer();
    expect(await ended(2, 'waits for approval', 'failed')).toMatchObject({ state: 'waits for approval', release: 4 });
    await registry.judge(4, false, { who: 'ann', reason: 'too soon' });
    expect((await ended(2, 'rejected')).decision).toBe('ann rejected release 4: too soon.');
  });

  it('refuses a job of too few rows, and one that has nothing new', async () => {
    const again = await program(['once'], environment());
    expect(again).toEqual({
      status: 1,
      output: expect.stringContaining('refused: Nothing is new: job 2 trained on the same rows.\n'),
    });
    const few = await program(['once'], environment({ RETRAIN_MIN_ROWS: '5000' }));
    expect(few).toEqual({
      ...{
        status: 1,
        output: expect.stringContaining('refused: 220 rows with feedback, 5000 needed (RETRAIN_MIN_ROWS).\n'),
      },
    });
  });

  it('runs one job of two retrainers, and the next start says which one a kill ended', async () => {
    const [{ id: before = 0 } = {}] = await registry.jobs(1);
    await drift(20, { shift: 5, seed: 3 });
    const pair = await Promise.all([startRetrainer(), startRetrainer()]);
    const answers = await Promise.all(pair.map((one) => one.send('/jobs', { reason: 'both' })));
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 409]);
    expect((await registry.jobs()).filter(({ id }) => id > before)).toHaveLength(1);
    const at = answers.findIndex(({ status }) => status === 202);
    pair[at]?.child.kill('SIGKILL');
    const stopped = await ended(before + 1, 'stopped');
    expect(stopped.decision).toMatch(/^The retrainer that ran it \(.*\) ended in the middle of the job\.$/);
    const other = pair[1 - at];
    const next = await eventually(async () => {
      const answer = await other?.send('/jobs', { reason: 'once more' });
      return answer?.status === 202 && answer;
    });
    expect(next.body.id).toBe(before + 2);
    expect((await ended(before + 2, 'waits for approval', 'failed', 'refused')).state).toBe('waits for approval');
  });
});
