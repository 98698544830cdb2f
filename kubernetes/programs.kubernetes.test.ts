import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRegistry } from '@coppice/registry/open-registry';
import { objectsIn, renderChart, type Values } from '@coppice/testkit/kubernetes/chart';
import type { KubernetesObject } from '@coppice/testkit/kubernetes/cluster-client';
import { sharedCluster } from '@coppice/testkit/kubernetes/shared-cluster';
import { freePort } from '@coppice/testkit/programs/free-port';
import { attempt, root } from '@coppice/testkit/programs/run-command';
import { startThrowawayS3, type ThrowawayS3 } from '@coppice/testkit/programs/throwaway-s3';
import { startTestModels } from '@coppice/testkit/start-test-models';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

// nodes of the test cluster run nothing: what the chart's pods run are processes here, with the command and environment of the pod

const cluster = sharedCluster();
/** Where an image has what the checkout has at its root. */
const APP = '/app/';
const ENTRYPOINTS: Record<string, string[]> = { 'coppice-trainer': ['node', 'trainer/src/main.ts'] };

afterAll(() => cluster.close());

type Program = { command: string[]; env: Record<string, string> };

/** The objects that the chart makes of these values. */
const render = async (values: Values) => objectsIn(await renderChart(cluster, 'programs', values));

/** What the only container of a pod runs. `secrets`: the contents of Secrets, by name. */
function programOf(spec: KubernetesObject, secrets: Record<string, Record<string, string>>): Program {
  const [container] = spec.containers;
  const image = /([^/:@]+)[:@][^/]*$/.exec(container.image)?.[1] ?? '';
  const command = [...(container.command ?? ENTRYPOINTS[image]), ...(container.args ?? [])];
  const env = container.env.flatMap(({ name, value, valueFrom }: KubernetesObject) => {
    const key = valueFrom?.secretKeyRef;
    const found = key ? secrets[key.name]?.[key.key] : value;
    if (found === undefined && !key?.optional) throw new Error(`${name} has no value`);
    return found === undefined ? [] : [[name, found]];
  });
  return { command, env: Object.fromEntries(env) };
}

/** Runs it at the checkout's root, as its image does in /app; `more` replaces what only a cluster has. */
function run({ command, env }: Program, more: Record<string, string> = {}) {
  const [program, ...args] = command.map((part) => part.replace(APP, `${root}/`));
  expect(program).toBe('node');
  return attempt(process.execPath, args, { ...env, ...more });
}

describe('helm test', () => {
  const values: Values = { releases: { url: 's3://bucket/releases', region: 'eu-central-1' } };
  let program: Program;
  let models: Awaited<ReturnType<typeof startTestModels>>;

  beforeAll(async () => {
    const pod = (await render(values)).find(({ kind }) => kind === 'Pod');
    expect(pod.metadata.annotations['helm.sh/hook']).toBe('test');
    program = programOf(pod.spec, { 'coppice-tokens': { API_KEYS: 'a-key-of-16-letters,another-key-of-16' } });
    models = await startTestModels({ names: { features: ['x0', 'x1'], classes: ['a', 'b', 'c'] }, shift: 0 });
  });
  afterAll(() => models?.stop());

  it('asks the gateway by its Service', () => {
    expect(program.env.GATEWAY_URL).toBe('http://coppice-gateway:5000');
  });

  it('passes while every version answers and the split is that of the weights', async () => {
    const gateway = await models.startGateway({
      ...{ MODEL_V1_WEIGHT: '80', MODEL_V2_WEIGHT: '20', API_KEYS: 'a-key-of-16-letters' },
    });
    const { status, output } = await run(program, { GATEWAY_URL: gateway.url });
    await gateway.stop();
    expect(output).toMatch(
      /^v1 answers: .*\nv2 answers: .*\n1000 requests answered, none failed; split as the weights: v1 /,
    );
    expect(status).toBe(0);
  });

  it('fails and names the version when one with weight is dead', async () => {
    const gateway = await models.startGateway({ MODEL_V2_URL: `http://127.0.0.1:${await freePort()}` });
    const { status, output } = await run(program, { GATEWAY_URL: gateway.url });
    await gateway.stop();
    expect(output).toMatch(/check-split: v2 has weight and does not answer: /);
    expect(status).toBe(1);
  });

  it('passes while a version without weight is dead', async () => {
    const gateway = await models.startGateway({
      ...{ MODEL_V2_URL: `http://127.0.0.1:${await freePort()}`, MODEL_V1_WEIGHT: '100', MODEL_V2_WEIGHT: '0' },
    });
    const { status, output } = await run(program, { GATEWAY_URL: gateway.url });
    await gateway.stop();
    expect(output).toContain('split as the weights: v1 100.0 %, v2 0.0 %');
    expect(status).toBe(0);
  });

  it('fails with the figures when the split is not that of the weights', async () => {
    const gateway = await models.startGateway();
    const between = await startDistorting(gateway.url);
    const { status, output } = await run(program, { GATEWAY_URL: between.url });
    between.server.close();
    await gateway.stop();
    expect(output).toMatch(
      /check-split: v1 answered (6|7)\d\.\d % of 1000 requests and has 50\.0 % of the weight; v2 /,
    );
    expect(status).toBe(1);
  });

  it('fails where nothing listens', async () => {
    const { status, output } = await run(program, { GATEWAY_URL: `http://127.0.0.1:${await freePort()}` });
    expect(output).toMatch(/check-split: http:\/\/127\.0\.0\.1:\d+\/config cannot be reached: ECONNREFUSED/);
    expect(status).toBe(1);
  });
});

/** Passes everything on, but pins every third prediction to v1: two thirds of all are then v1's. */
async function startDistorting(gateway: string): Promise<{ url: string; server: Server }> {
  let n = 0;
  const server = createServer((req, res) => {
    const pinned = req.url === '/predict' && n++ % 3 === 0 && !req.headers['x-model-version'];
    const headers = { ...req.headers, ...(pinned ? { 'x-model-version': 'v1' } : {}) };
    const { method = 'GET' } = req;
    const forward = request(`${gateway}${req.url}`, { method, headers }, (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(res);
    });
    req.pipe(forward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

describe('the training Job', () => {
  let s3: ThrowawayS3;
  let folder: string;

  beforeAll(async () => {
    s3 = await startThrowawayS3();
    folder = mkdtempSync(join(tmpdir(), 'coppice-job-'));
  });
  afterAll(async () => {
    await s3?.stop();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  it('trains into the bucket, and once more changes nothing', async () => {
    const bucket = s3.createBucket();
    const values: Values = {
      releases: { url: `s3://${bucket}/releases`, region: 'us-east-1', endpoint: s3.url, existingSecret: 'store' },
      training: { args: ['--forest', 'v1=1x1'] },
      networkPolicies: { enabled: false },
    };
    const keys = { AWS_ACCESS_KEY_ID: s3.accessKey, AWS_SECRET_ACCESS_KEY: s3.secretKey };
    const job = (await render(values)).find(({ kind }) => kind === 'Job');
    const program = programOf(job.spec.template.spec, { store: keys });
    const first = await run(program, { ARTIFACTS_DIR: join(folder, 'first') });
    expect(first.output).toContain(`release 1 of iris in s3://${bucket}/releases/, the champion`);
    expect(first.status).toBe(0);

    // the next pod begins with an empty folder
    const second = await run(program, { ARTIFACTS_DIR: join(folder, 'second') });
    expect(second.status, second.output).toBe(0);
    // the SDK reads them by itself
    for (const [name, value] of Object.entries(keys)) vi.stubEnv(name, value);
    const registry = await openRegistry(`s3://${bucket}/releases`, 'iris', {
      ...{ AWS_ENDPOINT_URL: s3.url, AWS_REGION: 'us-east-1' },
    });
    expect((await registry.releases()).map(({ number }) => number)).toEqual([1]);
    expect((await registry.current()).state.aliases.champion).toBe(1);
  });
});
