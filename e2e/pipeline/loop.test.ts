import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  DriftReport,
  ReleasesView,
  ReplayView,
  RetrainingView,
  RolloutReport,
  ShadowReport,
} from '@coppice/contract';
import { PipelineCheckout } from '@coppice/testkit/pipeline-checkout';
import { attempt } from '@coppice/testkit/programs/run-command';
import { startThrowawayMlflow } from '@coppice/testkit/programs/throwaway-mlflow';
import { startThrowawayS3 } from '@coppice/testkit/programs/throwaway-s3';
import { stopStarted } from '@coppice/testkit/stop-started';
import { expect, it, onTestFinished } from 'vitest';
import { csvOf, drawCustomers, startCustomers } from '../faults/customers.ts';
import { printFigures } from '../faults/figures.ts';
import { Program } from '../faults/program.ts';
import { Gateway, until } from '../faults/stack.ts';
import { startMonitoring } from '../infra/monitoring.ts';
import { startWebhookReceiver } from '../infra/webhook-receiver.ts';

const TOKEN = 'token-of-the-fault-tests';
const RETRAIN_TOKEN = 'token-of-the-retrainer';
const MODEL = 'churn';

it('a table becomes a champion, traffic drifts from it, and a retrained challenger waits for a person', async () => {
  const begun = performance.now();
  const timeline: Record<string, string> = {};
  const note = (what: string, found: string) => {
    timeline[`${((performance.now() - begun) / 1000).toFixed(1).padStart(6)} s  ${what}`] = found;
  };
  const folder = mkdtempSync(join(tmpdir(), 'coppice-loop-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));

  // where things are kept: tables and releases in S3, runs and versions in MLflow
  const starting = [startThrowawayS3(), startThrowawayMlflow()] as const;
  onTestFinished(() => stopStarted(starting));
  const [s3, mlflow] = await Promise.all(starting);
  const place = `s3://${s3.createBucket()}/releases`;
  const store = {
    ...{ REGISTRY_URL: place, MODEL_NAME: MODEL, MLFLOW_TRACKING_URI: mlflow.url },
    ...{ AWS_ENDPOINT_URL: s3.url, AWS_REGION: 'us-east-1' },
    ...{ AWS_ACCESS_KEY_ID: s3.accessKey, AWS_SECRET_ACCESS_KEY: s3.secretKey },
  };
  note('S3 store and MLflow server', 'started');

  // DVC: a table, tracked and pushed; its first model is the champion
  const project = await PipelineCheckout.create(store);
  onTestFinished(() => project.remove());
  const succeeds = async (result: Promise<{ status: number | null; output: string }>) => {
    const { status, output } = await result;
    expect(status, output).toBe(0);
    return output;
  };
  const command = (script: string, ...args: string[]) =>
    succeeds(
      attempt(process.execPath, [script, ...args], { ...store, GATEWAY_URL: gateway?.url ?? '', ADMIN_TOKEN: TOKEN }),
    );
  /** What MLflow says of the releases, which must all be there. */
  const sent = async (most: number) => {
    const lines = (await command('scripts/mlflow.ts', 'status')).trim().split('\n');
    expect(lines.sort()).toEqual(
      Array.from({ length: most }, (_, i) => expect.stringMatching(`^release ${i + 1}: version ${i + 1}, run `)),
    );
    return lines;
  };
  let gateway: Gateway | undefined;
  project.write('data/churn.csv', csvOf(drawCustomers(7, 4000)));
  await succeeds(project.dvc('add', 'data/churn.csv'));
  await succeeds(project.dvc('remote', 'add', '--default', 'storage', `s3://${s3.createBucket()}/tables`));
  project.set('name: iris', `name: ${MODEL}`);
  project.set('data: ../trainer/data/iris.csv', 'data: data/churn.csv');
  project.set('target: species', 'target: churn');
  project.set('trees: 100\n  depth: 7', 'trees: 5\n  depth: 3');
  project.write('gate.txt', 'accuracy >= 0.8\n');
  await succeeds(project.dvc('repro'));
  await succeeds(project.dvc('push'));
  await command('scripts/registry.ts', 'alias', 'champion', '1', '--reason', 'the first');
  note('DVC: 5 trees of depth 3', 'release 1, the champion; table and model pushed');

  // served, in front of customers
  const server = (version: string, alias: string) =>
    new Program('models/src/main.ts', 'PORT', {
      ...{ ...store, MODEL_SOURCE: `registry:${MODEL}@${alias}`, MODEL_VERSION: version },
    });
  const [v1, v2] = [server('v1', 'champion'), server('v2', 'challenger')];
  await Promise.all([v1.start(), v2.start()]);
  const gate = join(folder, 'gate.txt');
  writeFileSync(gate, 'accuracy >= 0.75\nnot worse than the champion by more than 0.05\n');
  gateway = new Gateway({
    ...{ ...store, MODEL_V1_WEIGHT: '100', MODEL_V2_WEIGHT: '0', DATA_DIR: join(folder, 'data'), ADMIN_TOKEN: TOKEN },
    ...{ GATE: 'on', GATE_FILE: gate, DRIFT_WINDOW: '500' },
    ...{ ROLLOUT_LOOK_SECONDS: '0.5', ROLLOUT_STEP_MINUTES: '0.05', ROLLOUT_STEP_REQUESTS: '100' },
    ...{ MODEL_V1_URL: v1.url, MODEL_V2_URL: v2.url },
  });
  const open = gateway;
  onTestFinished(async () => {
    for (const program of [open, v1, v2]) await program.end();
  });
  await open.start();
  const post = async <T>(path: string, body: object): Promise<T> => {
    const answer = await fetch(open.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    expect(answer.status, text).toBeLessThan(300);
    return JSON.parse(text) as T;
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

  // a better forest: the pipeline judges it and makes it the challenger
  project.set('trees: 5\n  depth: 3', 'trees: 60\n  depth: 9');
  project.set('challenger: false', 'challenger: true');
  await succeeds(project.dvc('repro'));
  await isServed('v2', 2);
  note('DVC: 60 trees of depth 9', 'release 2 passes the gate, the challenger');
  await command('scripts/mlflow.ts', 'sync');
  note('MLflow', (await sent(2)).join(', '));

  await command('scripts/registry.ts', 'approve', '2', '--reason', 'better on the test rows');
  await open.retune({ shadow: 'v2' });
  const shadow = () => open.get<ShadowReport>('/shadow');
  await until('the shadow has answered 200 times', async () => (await shadow()).compared >= 200);
  const { compared, agreed } = await shadow();
  note('approved; shadow of live traffic', `${agreed} of ${compared} rows agree`);
  const { id } = await post<ReplayView>('/replay', { version: 'v2', since: '1h', reason: 'before the rollout' });
  const replay = () => open.get<ReplayView>(`/replay/${id}`);
  await until('the replay is done', async () => (await replay()).state === 'done');
  note('replay of the record', `${(await replay()).rows} rows`);
  await open.retune({ shadow: null });
  await post<RolloutReport>('/rollout', {
    ...{ version: 'v2', steps: [10, 50], require: 'replay', promote: true, reason: 'better on the test rows' },
  });
  await until('the rollout is done', async () => {
    const { rollout } = await open.get<RolloutReport>('/rollout');
    if (rollout?.state === 'rolled_back') throw new Error(rollout.words);
    return rollout?.state === 'done';
  });
  await isServed('v1', 2);
  await until('the promotion has ended', async () => (await releases()).pending === null);
  expect((await releases()).champion).toBe(2);
  note('rollout 10, 50, 100 %; promoted', `champion 2, ${JSON.stringify((await open.config()).weights)}`);

  // the retrainer and the alerts that wake it
  const retrainer = new Program('retrainer/src/main.ts', 'RETRAIN_PORT', {
    ...{ ...store, GATEWAY_URL: open.url, ADMIN_TOKEN: TOKEN, RETRAIN_TOKEN, GATE_FILE: gate },
    ...{ RETRAIN_DATA: join(project.folder, 'pipeline/data/churn.csv'), RETRAIN_MIN_ROWS: '300' },
    RETRAIN_LOOK_SECONDS: '0.2',
  });
  await retrainer.start();
  onTestFinished(() => retrainer.end());
  const monitoring = await startMonitoring({ gatewayUrl: open.url, modelUrls: { v1: v1.url, v2: v2.url } });
  const webhook = await startWebhookReceiver();
  onTestFinished(async () => {
    await monitoring.stop();
    await webhook.stop();
  });
  await monitoring.startAlertmanager(webhook.url, { url: `${retrainer.url}/alerts`, token: RETRAIN_TOKEN });
  note('Prometheus, Alertmanager, retrainer', 'watch');

  // prices rise
  await customers.stop();
  const others = startCustomers(open.url, drawCustomers(9, 20_000, { price: 45 }), 'later');
  onTestFinished(() => others.stop());
  await until('price drifts', async () =>
    (await open.get<DriftReport>('/drift')).features.some(({ feature, drifted }) => feature === 'price' && drifted),
  );
  note('customers pay 45 more', 'the gateway finds drift of price');
  const jobs = async () => (await open.get<RetrainingView>('/retraining')).jobs;
  await until('an alert begins a job', async () => (await jobs()).length > 0);
  const [begunJob] = await jobs();
  note('alert → webhook', `job 1: ${begunJob?.cause.text}`);
  expect(begunJob?.cause.kind).toBe('alert');
  await until('the job waits for a person', async () => {
    const [job] = await jobs();
    if (job && ['failed', 'refused', 'refused by the gate', 'stopped'].includes(job.state))
      throw new Error(`${job.state}: ${job.decision}`);
    return job?.state === 'waits for approval';
  });
  const [job] = await jobs();
  note('retrained', `release ${job?.release} on ${job?.rows?.base} + ${job?.rows?.recorded} rows: ${job?.decision}`);
  const after = await releases();
  expect([after.champion, after.challenger]).toEqual([2, 3]);
  expect(after.releases.find(({ number }) => number === 3)?.approval).toBeNull();
  await isServed('v2', 3);
  expect((await open.config()).shadow).toBe('v2');
  await command('scripts/mlflow.ts', 'sync');
  await sent(3);
  await others.stop();
  note('champion 2, challenger 3 in shadow', 'waits for approval');

  const seen = [customers.seen, others.seen];
  printFigures('From a table to a champion, and to the next challenger', {
    ...timeline,
    requests: seen.reduce((sum, { requests }) => sum + requests, 0),
    failed: seen.flatMap(({ failed }) => failed).length,
    answered: JSON.stringify(Object.fromEntries(seen.flatMap(({ releases }) => [...releases]))),
  });
  expect(seen.flatMap(({ failed }) => failed)).toEqual([]);
});
