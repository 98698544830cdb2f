import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ReleasesView, ReplayView, RolloutReport, ShadowReport } from '@coppice/contract';
import { expect, it, onTestFinished } from 'vitest';
import { csvOf, drawCustomers, startCustomers } from './customers.ts';
import { printFigures } from './figures.ts';
import { Program } from './program.ts';
import { Gateway, until } from './stack.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const TOKEN = 'token-of-the-fault-tests';
const MODEL = 'churn';
const ROWS = 4000;
const GATE = `accuracy >= 0.8
not worse than the champion by more than 0.01
replay agrees >= 0.5
`;

it('a worse model is refused with numbers; a better one is approved, shadowed, replayed, rolled out, promoted and taken back', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'coppice-life-'));
  const place = join(folder, 'registry');
  const [data, gate] = [join(folder, 'churn.csv'), join(folder, 'gate.txt')];
  writeFileSync(data, csvOf(drawCustomers(7, ROWS)));
  writeFileSync(gate, GATE);
  const begun = performance.now();
  const timeline: Record<string, string> = {};
  const note = (what: string, found: string) => {
    timeline[`${((performance.now() - begun) / 1000).toFixed(1).padStart(6)} s  ${what}`] = found;
  };
  const command = async (script: string, ...args: string[]) => {
    const { PATH = '', HOME = '' } = process.env;
    const env = { PATH, HOME, GATEWAY_URL: gateway?.url ?? '', ADMIN_TOKEN: TOKEN };
    return run(process.execPath, [script, ...args], { cwd: root, env }).then(
      ({ stdout }) => ({ status: 0, text: stdout }),
      ({ code, stdout, stderr }) => ({ status: code as number, text: `${stdout}${stderr}` }),
    );
  };
  const registry = (...args: string[]) =>
    command('scripts/registry.ts', ...args, '--registry', place, '--model', MODEL);
  const train = async (forest: string, out: string) => {
    const { status, text } = await command(
      ...(['trainer/src/main.ts', '--data', data, '--name', MODEL, '--registry', place] as const),
      ...['--forest', `v1=${forest}`, '--out', join(folder, out), '--force'],
    );
    expect({ status, text }).toMatchObject({ status: 0 });
  };
  let gateway: Gateway | undefined;

  await train('5x3', 'first');
  note('trained 5 trees of depth 3', 'release 1, the champion');
  const server = (version: string, alias: string) =>
    new Program('models/src/main.ts', 'PORT', {
      ...{ MODEL_SOURCE: `registry:${MODEL}@${alias}`, REGISTRY_URL: place, MODEL_VERSION: version, MODEL_NAME: MODEL },
    });
  const [v1, v2] = [server('v1', 'champion'), server('v2', 'challenger')];
  await Promise.all([v1.start(), v2.start()]);
  gateway = new Gateway({
    ...{ MODEL_V1_URL: v1.url, MODEL_V2_URL: v2.url, MODEL_V1_WEIGHT: '100', MODEL_V2_WEIGHT: '0' },
    ...{ MODEL_NAME: MODEL, DATA_DIR: join(folder, 'data'), ADMIN_TOKEN: TOKEN, REGISTRY_URL: place },
    ...{ GATE: 'on', GATE_FILE: gate },
    ...{ ROLLOUT_LOOK_SECONDS: '0.5', ROLLOUT_STEP_MINUTES: '0.05', ROLLOUT_STEP_REQUESTS: '100' },
  });
  await gateway.start();
  const open = gateway;
  onTestFinished(async () => {
    for (const program of [open, v1, v2]) await program.end();
    rmSync(folder, { recursive: true, force: true });
  });
  const post = async <T>(path: string, body: object): Promise<{ status: number; body: T }> => {
    const answer = await fetch(open.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
      body: JSON.stringify({ reason: 'a better model', ...body }),
    });
    return { status: answer.status, body: (await answer.json()) as T };
  };
  const releases = () => open.get<ReleasesView>('/releases');
  const isServed = (version: string, release: number) =>
    until(`${version} serves release ${release}`, async () => {
      const { serving } = await releases();
      return serving.find((one) => one.version === version)?.release === release;
    });
  await isServed('v1', 1);
  const customers = startCustomers(open.url, drawCustomers(8, 20_000));
  onTestFinished(() => customers.stop());

  await train('1x1', 'worse');
  await registry('alias', 'challenger', '2');
  await isServed('v2', 2);
  const worse = await registry('gate', '2', '--gate', gate);
  note('trained a tree of depth 1', `release 2, the gate: ${firstFailure(worse.text)}`);
  expect(worse.status).toBe(1);
  await registry('approve', '2', '--reason', 'approved by mistake');
  const refused = await open.retune({ preset: 'canary' }).then(
    () => 'taken',
    (error: Error) => error.message,
  );
  note('canary of release 2', `409: ${/"detail":"([^"]*)/.exec(refused)?.[1]}`);
  expect(refused).toMatch(/ 409: .*accuracy/);

  await train('60x9', 'better');
  await registry('alias', 'challenger', '3');
  await isServed('v2', 3);
  await registry('approve', '3', '--reason', 'better on the test rows');
  const report = await fetch(`${open.url}/releases/3/report`);
  const page = await report.text();
  expect([report.status, report.headers.get('Content-Type')]).toEqual([200, 'text/html; charset=utf-8']);
  expect((await fetch(`${open.url}/releases/3/report/test-rows.json.gz`)).status).toBe(404);
  note('trained 60 trees of depth 9', `release 3, approved; report of ${Math.round(page.length / 1024)} KB`);
  await open.retune({ shadow: 'v2' });
  await until('the shadow has answered 300 times', async () => {
    return (await open.get<ShadowReport>('/shadow')).compared >= 300;
  });
  const { compared, agreed } = await open.get<ShadowReport>('/shadow');
  note('shadow of live traffic', `${agreed} of ${compared} rows agree`);
  const replay = await post<ReplayView>('/replay', { version: 'v2', since: '1h' });
  expect(replay).toMatchObject({ status: 202 });
  const done = async () => open.get<ReplayView>(`/replay/${replay.body.id}`);
  await until('the replay is done', async () => (await done()).state === 'done');
  note('replay of the record', `${(await done()).rows} rows`);
  await open.retune({ shadow: null });
  const started = await post<RolloutReport>('/rollout', {
    ...{ version: 'v2', steps: [10, 50], require: 'replay', promote: true },
  });
  expect(started, JSON.stringify(started)).toMatchObject({ status: 200 });
  await until('the rollout is done', async () => {
    const { rollout } = await open.get<RolloutReport>('/rollout');
    if (rollout?.state === 'rolled_back') throw new Error(rollout.words);
    return rollout?.state === 'done';
  });
  note('rollout', 'done at 100 %');
  await isServed('v1', 3);
  await until('the promotion has ended', async () => (await releases()).pending === null);
  const promoted = await releases();
  const { weights } = await open.config();
  note('promoted', `champion ${promoted.champion}, ${JSON.stringify(weights)}`);
  expect([promoted.champion, weights]).toEqual([3, { v1: 100, v2: 0 }]);

  const back = await post<ReleasesView>('/releases/rollback', { reason: 'a test' });
  expect(back.status).toBe(200);
  await isServed('v1', 1);
  await until('the rollback has ended', async () => (await releases()).pending === null);
  await sleep(500);
  await customers.stop();
  note('taken back', `champion ${(await releases()).champion}, ${JSON.stringify((await open.config()).weights)}`);
  expect((await releases()).champion).toBe(1);
  expect((await open.config()).weights).toEqual({ v1: 100, v2: 0 });
  const { requests, failed, releases: answered } = customers.seen;
  printFigures('The life of a release', {
    ...timeline,
    ...{ requests, failed: failed.length, answered: JSON.stringify(Object.fromEntries(answered)) },
  });
  expect(failed).toEqual([]);
  expect([...answered.keys()].sort()).toEqual(['v1 release 1', 'v1 release 3', 'v2 release 3']);
});

const firstFailure = (text: string) =>
  text
    .split('\n')
    .find((line) => line.includes('FAIL'))
    ?.trim() ?? text.trim();
