import { createNamespace, installChart, objectsIn, renderChart } from '@coppice/testkit/kubernetes/chart';
import type { KubernetesObject } from '@coppice/testkit/kubernetes/cluster-client';
import { runWeights } from '@coppice/testkit/kubernetes/run-weights';
import { sharedCluster } from '@coppice/testkit/kubernetes/shared-cluster';
import { beforeAll, expect, it } from 'vitest';

const NAMESPACE = 'route-weights';
const cluster = sharedCluster();

const direct = {
  ...{ routing: 'gateway-api', gateway: { enabled: false }, page: { enabled: false } },
  ...{ releases: { url: 's3://bucket/releases', region: 'eu-central-1' }, training: { job: false } },
  models: { autoscaling: { enabled: false }, replicas: 1 },
};
const slots = (...weights: number[]) => ({ slots: weights.map((weight, n) => ({ name: `v${n + 1}`, weight })) });
const routes = {
  'gateway-api': `/apis/gateway.networking.k8s.io/v1/namespaces/${NAMESPACE}/httproutes/coppice-models`,
  istio: `/apis/networking.istio.io/v1/namespaces/${NAMESPACE}/virtualservices/coppice-models`,
};

function weightsOf({ spec }: KubernetesObject): number[] {
  const rule = (spec.rules ?? spec.http).find(({ name }: { name: string }) => name === 'weighted');
  return (rule.backendRefs ?? rule.route).map(({ weight }: { weight: number }) => weight);
}
const inForce = async (routing: keyof typeof routes = 'gateway-api') => weightsOf(await cluster.get(routes[routing]));
const set = async (...args: string[]) => {
  const { status, stderr } = await runWeights(cluster, '--kubernetes', `${NAMESPACE}/coppice-models`, ...args);
  expect([status, stderr]).toEqual([0, '']);
};

beforeAll(() => createNamespace(cluster, NAMESPACE));

it('a first install takes the weights of the values', async () => {
  await installChart(cluster, NAMESPACE, direct);
  expect(await inForce()).toEqual([50, 50]);
});

it('an upgrade that changes no weights keeps those that were set at run time', async () => {
  await set('v1=90', 'v2=10', '--reason', 'canary');
  await installChart(cluster, NAMESPACE, { ...direct, podAnnotations: { note: 'another' } });
  expect(await inForce()).toEqual([90, 10]);
});

it('an upgrade with other weights sets them, without a conflict', async () => {
  await installChart(cluster, NAMESPACE, { ...direct, ...slots(20, 80) });
  expect(await inForce()).toEqual([20, 80]);
});

it('a rollback brings back what was in force at that revision, and the audit stays', async () => {
  await set('rollback');
  expect(await inForce()).toEqual([100, 0]);
  await cluster.helm(['rollback', 'coppice', '2', `--namespace=${NAMESPACE}`, '--wait', '--timeout=120s']);
  expect(await inForce()).toEqual([90, 10]);
  const { metadata } = await cluster.get(routes['gateway-api']);
  expect(JSON.parse(metadata.annotations['coppice.io/weights-audit'])).toMatchObject([
    { action: 'preset rollback', from: { v1: 20, v2: 80 }, to: { v1: 100, v2: 0 } },
    { reason: 'canary' },
  ]);
});

it('a slot without a weight comes and goes without changing the others', async () => {
  await set('v1=70', 'v2=30', '--reason', 'more');
  await installChart(cluster, NAMESPACE, { ...direct, ...slots(50, 50, 0) });
  expect(await inForce()).toEqual([70, 30, 0]);
  await installChart(cluster, NAMESPACE, direct);
  expect(await inForce()).toEqual([70, 30]);
});

it('a change from one kind of route to the other keeps the weights', async () => {
  await installChart(cluster, NAMESPACE, { ...direct, routing: 'istio' });
  expect(await inForce('istio')).toEqual([70, 30]);
  await set('equal');
  await installChart(cluster, NAMESPACE, { ...direct, routing: 'istio' });
  expect(await inForce('istio')).toEqual([50, 50]);
});

it('without a cluster the weights are those of the values', async () => {
  const route = objectsIn(await renderChart(cluster, NAMESPACE, { ...direct, ...slots(1, 3) })).find(
    ({ kind }) => kind === 'HTTPRoute',
  );
  expect([weightsOf(route), route.metadata.annotations['coppice.io/values-weights']]).toEqual([
    [1, 3],
    '{"v1":1,"v2":3}',
  ]);
});
