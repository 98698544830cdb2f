import { createNamespace, installChart } from '@coppice/testkit/kubernetes/chart';
import type { KubernetesObject } from '@coppice/testkit/kubernetes/cluster-client';
import { sharedCluster } from '@coppice/testkit/kubernetes/shared-cluster';
import { eventually } from '@coppice/testkit/waiting/eventually';
import { afterAll, beforeAll, expect, it } from 'vitest';

const cluster = sharedCluster();
const namespace = 'lifecycle';
const values = {
  releases: { url: 's3://bucket/releases', region: 'eu-central-1' },
  training: { schedule: '0 3 * * 1' },
};
const GATEWAY = '/apis/apps/v1/namespaces/lifecycle/deployments/coppice-gateway';

beforeAll(() => createNamespace(cluster, namespace));
afterAll(() => cluster.close());

it('helm install waits until gateway, slots and page are ready', async () => {
  expect(await installChart(cluster, namespace, values)).toContain('STATUS: deployed');
  const { items } = await list('apps/v1', 'deployments');
  expect(items.map(({ metadata }) => metadata.name).sort()).toEqual([
    ...['coppice-gateway', 'coppice-model-v1', 'coppice-model-v2', 'coppice-page'],
  ]);
  // an autoscaler raises a Deployment of one pod to its least number
  await eventually(async () => {
    const { items: now } = await list('apps/v1', 'deployments');
    return now.every(({ status }) => status.readyReplicas === 2 && status.unavailableReplicas === undefined);
  });
  for (const service of ['coppice-gateway', 'coppice-model-v1', 'coppice-model-v2', 'coppice-page'])
    expect(await endpoints(service), service).toHaveLength(2);
});

it('the training Job completes, and the CronJob makes Jobs that complete', async () => {
  await cluster.kubectl(['create', 'job', 'by-hand', '--from=cronjob/coppice-training', '-n', namespace]);
  const done = await eventually(
    async () => {
      const { items } = await list('batch/v1', 'jobs');
      return items.every(isComplete) && items;
    },
    { what: 'Jobs are complete' },
  );
  expect(done.map(({ metadata }) => metadata.name.replace(/-[0-9a-f]{8}$/, ''))).toEqual(
    expect.arrayContaining(['by-hand', 'coppice-training']),
  );
});

it('replicas stand in different zones', async () => {
  const { items } = await list('v1', 'pods', 'app.kubernetes.io/component=gateway');
  expect(new Set(items.map(({ spec }) => spec.nodeName)).size).toBe(2);
});

it('an upgrade rolls only what changes, and never has a gateway less', async () => {
  const before = await podNames();
  const fewest = watchFewest();
  await installChart(cluster, namespace, { ...values, gateway: { settings: { RATE_LIMIT: 600 } } });
  await rolledOut();
  expect(await fewest()).toBeGreaterThanOrEqual(2);
  const after = await podNames();
  expect(after.filter((name) => name.includes('gateway') && before.includes(name))).toEqual([]);
  expect(others(after)).toEqual(others(before));
  expect(await setting('RATE_LIMIT')).toBe('600');
});

it('a rollback brings the former settings back', async () => {
  await cluster.helm(['rollback', 'coppice', '1', '--wait', '--timeout=120s', '-n', namespace]);
  await rolledOut();
  expect(await setting('RATE_LIMIT')).toBeUndefined();
  const history = JSON.parse(await cluster.helm(['history', 'coppice', '-n', namespace, '-o', 'json']));
  expect(history.at(-1)).toMatchObject({ revision: 3, status: 'deployed', description: 'Rollback to 1' });
});

it('an upgrade that does not become ready is taken back', async () => {
  // no node has so much memory
  const resources = { requests: { memory: '1Ti' }, limits: { memory: '1Ti' } };
  const input = JSON.stringify({ ...values, models: { resources } });
  const args = [
    'upgrade',
    'coppice',
    '.',
    '-n',
    namespace,
    '--wait',
    '--timeout=10s',
    '--rollback-on-failure',
    '-f',
    '-',
  ];
  const { status, stderr } = await cluster.attempt(cluster.address.helm, args, { input, cwd: import.meta.dirname });
  expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.stringContaining('rolled back') });
  for (const slot of ['v1', 'v2']) expect(await endpoints(`coppice-model-${slot}`)).toHaveLength(2);
  const model = await cluster.get('/apis/apps/v1/namespaces/lifecycle/deployments/coppice-model-v1');
  expect(model.spec.template.spec.containers[0].resources.requests.memory).not.toBe('1Ti');
});

it('an uninstall leaves nothing but the Secrets of others', async () => {
  await cluster.helm(['uninstall', 'coppice', '--wait', '-n', namespace]);
  const kinds =
    'deployments,services,configmaps,jobs,cronjobs,hpa,pdb,networkpolicies,serviceaccounts,roles,rolebindings,secrets';
  const left = await cluster.kubectl(['get', kinds, '-n', namespace, '-o', 'name']);
  expect(left.trim().split('\n').sort()).toEqual([
    ...['configmap/kube-root-ca.crt', 'secret/coppice-database', 'secret/coppice-tokens', 'serviceaccount/default'],
  ]);
});

function list(group: string, resource: string, labelSelector = ''): Promise<{ items: KubernetesObject[] }> {
  const root = group === 'v1' ? '/api' : '/apis';
  return cluster.get(
    `${root}/${group}/namespaces/${namespace}/${resource}?labelSelector=${encodeURIComponent(labelSelector)}`,
  );
}

async function podNames(): Promise<string[]> {
  const { items } = await list('v1', 'pods', 'app.kubernetes.io/component in (gateway,model,page)');
  return items.map(({ metadata }) => metadata.name).sort();
}

const others = (pods: string[]) => pods.filter((name) => !name.includes('gateway'));

/** Addresses of ready pods behind a service. */
async function endpoints(service: string): Promise<string[]> {
  const { items } = await list('discovery.k8s.io/v1', 'endpointslices', `kubernetes.io/service-name=${service}`);
  return items.flatMap(({ endpoints }) =>
    (endpoints ?? [])
      .filter(({ conditions }: KubernetesObject) => conditions.ready)
      .map(({ addresses }: KubernetesObject) => addresses[0]),
  );
}

/** Waits until the gateway's pods are those of its newest template. */
function rolledOut(): Promise<string> {
  return cluster.kubectl(['rollout', 'status', 'deployment/coppice-gateway', '-n', namespace, '--timeout=60s']);
}

/** Watches how many gateways are available; the answer is the fewest. */
function watchFewest(): () => Promise<number> {
  let [fewest, watching] = [Number.POSITIVE_INFINITY, true];
  const ended = (async () => {
    while (watching) fewest = Math.min(fewest, (await cluster.get(GATEWAY)).status.availableReplicas ?? 0);
  })();
  return async () => {
    watching = false;
    await ended;
    return fewest;
  };
}

/** What the gateway's pods get by their environment. */
async function setting(name: string): Promise<string | undefined> {
  const { data } = await cluster.get(`/api/v1/namespaces/${namespace}/configmaps/coppice-gateway`);
  return data[name];
}

const isComplete = ({ status }: KubernetesObject) =>
  status.conditions?.some((one: KubernetesObject) => one.type === 'Complete' && one.status === 'True');
