import { predict } from '@coppice/testkit/predict';
import { freePort } from '@coppice/testkit/programs/free-port';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countVersions, splitPValue } from '../stack/split.ts';
import { ComposeStack, imageSize } from './compose-stack.ts';

const services = ['model-v1', 'model-v2', 'gateway', 'ui', 'prometheus'];
const flowers = {
  setosa: [5.1, 3.5, 1.4, 0.2],
  versicolor: [5.9, 2.8, 4.3, 1.3],
  virginica: [6.5, 3.0, 5.8, 2.2],
};
let stack: ComposeStack;
/** The API as the page sees it. */
let api: string;

beforeAll(async () => {
  stack = await ComposeStack.create('test');
  api = `${stack.uiUrl}/api`;
  await stack.compose(['build']);
  await stack.up();
});
afterAll(() => stack?.down());

describe('docker compose up --wait', () => {
  it('trains once and leaves every other service running and healthy', async () => {
    const trainer = await stack.inspect('trainer');
    expect(trainer.State).toMatchObject({ Status: 'exited', ExitCode: 0 });
    for (const service of services)
      expect((await stack.inspect(service)).State.Health?.Status, service).toBe('healthy');
  });

  it.each(['trainer', ...services])('confines %s', async (service) => {
    const { Config, HostConfig } = await stack.inspect(service);
    expect(Config.User).not.toMatch(/^(|0|root)(:.*)?$/);
    expect(HostConfig).toMatchObject({ ReadonlyRootfs: true, CapDrop: ['ALL'], CapAdd: null });
    expect(HostConfig.SecurityOpt).toContain('no-new-privileges:true');
    expect(HostConfig.Memory).toBeGreaterThan(0);
    expect(HostConfig.RestartPolicy.Name).toBe(service === 'trainer' ? 'no' : 'unless-stopped');
    expect(HostConfig.LogConfig.Config['max-size']).toBe('10m');
    // models are reachable only through the gateway, the others only from this machine
    const bindings = Object.values(HostConfig.PortBindings ?? {}).flat();
    expect(bindings.map(({ HostIp }) => HostIp)).toEqual(/model|trainer/.test(service) ? [] : ['127.0.0.1']);
  });

  it("keeps the gateway's data private, and lets it read the code that its image has compiled", async () => {
    const modes = await stack.compose(['exec', '-T', 'gateway', 'sh', '-c', 'stat -c "%a %n" /data /data/*']);
    const listed = modes.trim().split('\n');
    expect(listed).toContain('700 /data');
    expect(listed).toContain('600 /data/coppice.db');
    for (const line of listed) expect(line).toMatch(/^([67]00) /);
    const compiled = 'find /app/.compile-cache/*-$(id -u) -readable -type f | wc -l';
    expect(Number(await stack.compose(['exec', '-T', 'gateway', 'sh', '-c', compiled]))).toBeGreaterThan(50);
  });

  it('lets the gateway write the registry, and the model servers only read it', async () => {
    const writes = [
      'sh',
      '-c',
      'f=/app/artifacts/registry/.tried; (touch $f && rm $f && echo yes || echo no) 2>/dev/null',
    ];
    const can = async (service: string) => (await stack.compose(['exec', '-T', service, ...writes])).trim();
    expect([await can('gateway'), await can('model-v1')]).toEqual(['yes', 'no']);
  });

  it('publishes its ports on an IPv6 address', async () => {
    const port = await freePort('::1');
    const name = `${stack.project}-ipv6`;
    const run = ['run', '--detach', '--no-deps', '--service-ports', '--name', name, 'ui'];
    await stack.compose(run, { BIND_ADDRESS: '::1', UI_PORT: String(port) });
    try {
      const health = () => fetch(`http://[::1]:${port}/health`).then(({ status }) => status);
      await expect.poll(health, { timeout: 20_000 }).toBe(200);
    } finally {
      await stack.remove(name);
    }
  });

  it("adds at most 60 MB to the base image for gateway and ui, 120 MB for a model's server", async () => {
    const base = await imageSize('node:26-bookworm-slim');
    const added = async (service: string) => (await imageSize(`coppice-${service}:local`)) - base;
    expect(await added('gateway')).toBeLessThan(60e6);
    expect(await added('ui')).toBeLessThan(60e6);
    expect(await added('model')).toBeLessThan(120e6);
  });

  it("predicts through the page's own /api", async () => {
    for (const [name, features] of Object.entries(flowers))
      expect(await predict(api, { features })).toMatchObject({ class: name, route: 'weighted' });
    const page = await fetch(stack.uiUrl);
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(await page.text()).toContain('<title>');
  });

  it('serves the champion as v1 and the challenger as v2, and takes a moved alias up without a restart', async () => {
    expect([await releaseOf('v1'), await releaseOf('v2')]).toEqual(['1', '2']);
    const startedAt = async () => (await stack.inspect('model-v2')).State.StartedAt;
    const before = await startedAt();
    expect(await registry('list')).toMatch(/^2 +challenger .*note=not approved: example$/m);
    const train = 'node trainer/src/main.ts --forest v2=60x6 2>&1';
    const trained = await stack.compose([
      'run',
      '--rm',
      '-T',
      '--no-deps',
      '--entrypoint',
      'sh',
      'trainer',
      '-c',
      train,
    ]);
    expect(trained).toContain('docker compose run --rm registry alias challenger 3 gives it to v2');
    expect(await releaseOf('v2')).toBe('2');
    expect(await registry('alias', 'challenger', '3')).toMatch(/^3 +challenger /m);
    await expect.poll(() => releaseOf('v2'), { timeout: 10_000 }).toBe('3');
    await registry('alias', 'challenger', '2');
    await expect.poll(() => releaseOf('v2'), { timeout: 10_000 }).toBe('2');
    expect(await startedAt()).toBe(before);
  });

  it.each([
    { v1: 50, v2: 50 },
    { v1: 90, v2: 10 },
    { v1: 0, v2: 100 },
  ])('splits traffic $v1/$v2 after a retune by the environment (χ², p > 0.001)', async (weights) => {
    await stack.retune(weights);
    const counts = await countVersions(api, 2000);
    expect((counts.v1 ?? 0) + (counts.v2 ?? 0)).toBe(2000);
    expect(splitPValue(counts, weights), JSON.stringify(counts)).toBeGreaterThan(0.001);
  });

  it('shows every target up in Prometheus, and the predictions counted', async () => {
    await expect.poll(targets, { timeout: 60_000 }).toEqual({
      'gateway:5000': 'up',
      'model-v1:8080': 'up',
      'model-v2:8080': 'up',
      '127.0.0.1:9090': 'up',
    });
    await expect.poll(() => query('sum(prediction_requests_total)'), { timeout: 60_000 }).toBeGreaterThan(1999);
  });

  it('has no WARN or ERROR line in any log', async () => {
    const lines = (await stack.logs()).split('\n');
    expect(lines.length).toBeGreaterThan(services.length);
    expect(lines.filter((line) => /"level":"(warn|error|fatal)"|level=(warn|error)/i.test(line))).toEqual([]);
  });

  it('serves what MODEL_V<n>_SOURCE says: a folder, or a release by its number', async () => {
    await stack.compose(['up', '--detach', '--wait', '--no-deps', 'model-v2'], {
      MODEL_V2_SOURCE: '/app/artifacts/v2',
    });
    await expect.poll(() => releaseOf('v2'), { timeout: 20_000 }).toBeNull();
    await stack.compose(['up', '--detach', '--wait', '--no-deps', 'model-v2'], { MODEL_V2_SOURCE: 'registry:iris@1' });
    await expect.poll(() => releaseOf('v2'), { timeout: 20_000 }).toBe('1');
    await stack.up('--no-deps', 'model-v2');
    await expect.poll(() => releaseOf('v2'), { timeout: 20_000 }).toBe('2');
  });

  it('serves the kept copy when the registry is away at a start, and says so', async () => {
    const nowhere = { REGISTRY_URL: 's3://bucket', AWS_ENDPOINT_URL: 'http://127.0.0.1:9', AWS_ACCESS_KEY_ID: 'a' };
    const secret = { AWS_SECRET_ACCESS_KEY: 'not for any log' };
    await stack.compose(['up', '--detach', '--wait', '--no-deps', 'model-v2'], { ...nowhere, ...secret });
    expect(await stack.compose(['exec', '-T', 'model-v2', 'node', '-e', readiness])).toContain(
      'serves the kept copy of release 2: the registry cannot be read',
    );
    await expect.poll(() => releaseOf('v2'), { timeout: 20_000 }).toBe('2');
    expect(await stack.logs()).not.toContain(secret.AWS_SECRET_ACCESS_KEY);
    await stack.up('--no-deps', 'model-v2');
  });

  it('answers from the other version when one is stopped, and with a clear error when both are', async () => {
    await stack.retune({ v1: 50, v2: 50 });
    await stack.compose(['stop', 'model-v1']);
    const answers = await Promise.all(Array.from({ length: 100 }, () => predict(api, { features: flowers.setosa })));
    expect(new Set(answers.map(({ model_version }) => model_version))).toEqual(new Set(['v2']));
    const pinned = await refused({ 'X-Model-Version': 'v1' });
    expect([502, 503, 504]).toContain(pinned.status);

    await stack.compose(['stop', 'model-v2']);
    expect([502, 503, 504]).toContain((await refused({})).status);
    // after enough failures the gateway ejects it and answers 503
    await expect.poll(() => refused({})).toEqual({ status: 503, retryAfter: expect.stringMatching(/^\d+$/) });

    await stack.up();
    expect(await predict(api, { features: flowers.virginica })).toMatchObject({ class: 'virginica' });
  });
});

/** Prints what the model server in the same container says of itself. */
const readiness = "fetch('http://127.0.0.1:8080/ready').then((answer) => answer.text()).then(console.log)";

const registry = (...words: string[]) => stack.compose(['run', '--rm', '-T', '--no-deps', 'registry', ...words]);

/** The number of the release by which a version answers now; null of a folder. */
async function releaseOf(version: string): Promise<string | null> {
  const answer = await fetch(`${api}/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'X-Model-Version': version },
    body: JSON.stringify({ features: flowers.setosa }),
  });
  return answer.ok ? answer.headers.get('x-model-release') : 'away';
}

/** A prediction that must fail at once, with problem+json. */
async function refused(headers: Record<string, string>) {
  const answer = await fetch(`${api}/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ features: flowers.setosa }),
    signal: AbortSignal.timeout(10_000),
  });
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  const problem = (await answer.json()) as { status: number; detail: string };
  expect(problem.status).toBe(answer.status);
  expect(problem.detail).not.toMatch(/model-v\d|:8080/);
  return { status: answer.status, retryAfter: answer.headers.get('retry-after') };
}

async function targets(): Promise<Record<string, string>> {
  const { data } = await prometheus('targets');
  const active = data.activeTargets as { health: string; labels: { instance: string } }[];
  return Object.fromEntries(active.map(({ labels, health }) => [labels.instance, health]));
}

async function query(expression: string): Promise<number> {
  const { data } = await prometheus(`query?query=${encodeURIComponent(expression)}`);
  return Number(data.result[0]?.value[1] ?? Number.NaN);
}

// biome-ignore lint/suspicious/noExplicitAny: Prometheus' answers differ by address
async function prometheus(path: string): Promise<any> {
  return (await fetch(`${stack.prometheusUrl}/api/v1/${path}`)).json();
}
