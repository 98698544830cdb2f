import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runWeights } from '@coppice/testkit/kubernetes/run-weights';
import { sharedCluster } from '@coppice/testkit/kubernetes/shared-cluster';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';

const NAMESPACE = 'weights';
const cluster = sharedCluster();
const route = (name: string, ...args: string[]) => runWeights(cluster, '--kubernetes', `${NAMESPACE}/${name}`, ...args);
const hosts = ['v1', 'v2'].map((version) => `coppice-model-${version}`);

const kinds = [
  {
    kind: 'HTTPRoute',
    path: '/apis/gateway.networking.k8s.io/v1/namespaces/weights/httproutes',
    object: (name: string, weights: number[]) => ({
      ...{ apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute' },
      metadata: { name, namespace: NAMESPACE },
      spec: {
        parentRefs: [{ name: 'web' }],
        rules: [
          { name: 'v1', backendRefs: [{ name: hosts[0], port: 8080 }] },
          { name: 'weighted', backendRefs: hosts.map((host, n) => ({ name: host, port: 8080, weight: weights[n] })) },
        ],
      },
    }),
  },
  {
    kind: 'VirtualService',
    path: '/apis/networking.istio.io/v1/namespaces/weights/virtualservices',
    object: (name: string, weights: number[]) => ({
      ...{ apiVersion: 'networking.istio.io/v1', kind: 'VirtualService' },
      metadata: { name, namespace: NAMESPACE },
      spec: {
        hosts: ['models'],
        http: [
          { name: 'v1', route: [{ destination: { host: hosts[0] } }] },
          { name: 'weighted', route: hosts.map((host, n) => ({ destination: { host }, weight: weights[n] })) },
        ],
      },
    }),
  },
];

/** Applies an object as Helm does: whoever else owns a changed field makes it a conflict. */
const apply = (object: object) =>
  cluster.kubectl(['apply', '--server-side', '--field-manager=helm', '--filename=-'], {
    input: JSON.stringify(object),
  });
const weightsOf = (object: object) =>
  [...JSON.stringify(object).matchAll(/"weight":(\d+)/g)].map(([, weight]) => Number(weight)).slice(-2);
const auditOf = (object: { metadata: { annotations: Record<string, string> } }) =>
  JSON.parse(object.metadata.annotations['coppice.io/weights-audit'] ?? '[]');

beforeAll(() => cluster.kubectl(['create', 'namespace', NAMESPACE]));

describe.each(kinds)('npm run weights on the $kind of a cluster', ({ kind, path, object }) => {
  const name = kind.toLowerCase();

  it('shows and patches the weights, and keeps who did it and why', async () => {
    await apply(object(name, [50, 50]));
    expect((await route(name)).stdout).toContain(`${kind} weights/${name} · equal · revision 1\n`);
    const changed = await route(name, 'v1=90', 'v2=10', '--reason', 'a canary');
    expect(changed).toMatchObject({ status: 0, stderr: '' });
    expect(changed.stdout).toContain(`${kind} weights/${name} · canary · revision 2\n`);
    const live = await cluster.get(`${path}/${name}`);
    expect(weightsOf(live.spec)).toEqual([90, 10]);
    expect(auditOf(live)).toEqual([
      {
        ...{ time: expect.any(String), who: 'admin', action: 'weights', reason: 'a canary' },
        ...{ from: { v1: 50, v2: 50 }, to: { v1: 90, v2: 10 } },
      },
    ]);
  });

  it('leaves the object to whoever applied it', async () => {
    await apply(object(name, [20, 80]));
    const live = await cluster.get(`${path}/${name}`);
    expect(weightsOf(live.spec)).toEqual([20, 80]);
    expect(auditOf(live)).toHaveLength(1);
    expect((await route(name)).stdout).toContain('The weights changed since the last change below');
  });

  it('refuses what the gateway would refuse, and changes nothing', async () => {
    expect(await route(name, 'v1=1', 'v9=1', '-r', 'x')).toMatchObject({
      ...{ status: 1, stdout: '' },
      stderr: 'weights: weights/v9 names an unknown version (v9); the versions are v1, v2\n',
    });
    const outdated = await route(name, 'full', '--revision', '1');
    expect([outdated.status, outdated.stderr]).toEqual([1, expect.stringContaining('Revision 1 is outdated')]);
    expect(weightsOf((await cluster.get(`${path}/${name}`)).spec)).toEqual([20, 80]);
  });

  it('lets nobody undo what somebody else sets at the same time', async () => {
    const both = await Promise.all([route(name, 'rollback'), route(name, 'full')]);
    const live = await cluster.get(`${path}/${name}`);
    const done = both.filter(({ status }) => status === 0).length;
    expect(done).toBeGreaterThan(0);
    expect(auditOf(live)).toHaveLength(1 + done);
    expect(Object.values(auditOf(live)[0].to)).toEqual(weightsOf(live.spec));
    // each knew the weights that it replaced
    for (const [n, entry] of auditOf(live)
      .slice(0, done - 1)
      .entries())
      expect(entry.from).toEqual(auditOf(live)[n + 1].to);
  });
});

it('says what there is not', async () => {
  expect(await route('nothing')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('there is no httproute and no virtualservice nothing in the namespace weights'),
  });
  const elsewhere = await cluster.attempt('env', [
    'PATH=/nowhere',
    process.execPath,
    'scripts/weights.ts',
    '--kubernetes=a/b',
  ]);
  expect(elsewhere).toMatchObject({ status: 1, stderr: expect.stringContaining('kubectl is not on the PATH') });
});

it('does not wait for a password that nobody enters', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'coppice-kubeconfig-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'kubeconfig');
  const named = (key: string, value: object) => [{ name: 'x', [key]: value }];
  const config = {
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'x', users: named('user', {}) },
    clusters: named('cluster', { server: 'https://127.0.0.1:1' }),
    contexts: named('context', { cluster: 'x', user: 'x' }),
  };
  writeFileSync(file, JSON.stringify(config));
  const path = `PATH=${dirname(cluster.address.kubectl)}`;
  const command = [path, `KUBECONFIG=${file}`, process.execPath, 'scripts/weights.ts', '--kubernetes=a/b'];
  expect(await cluster.attempt('env', command)).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/^weights: kubectl: .*\n$/),
  });
});
