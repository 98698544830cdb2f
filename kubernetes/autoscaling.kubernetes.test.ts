import { createNamespace, installChart } from '@coppice/testkit/kubernetes/chart';
import { serveMetrics, type Usage } from '@coppice/testkit/kubernetes/pod-metrics';
import { sharedCluster } from '@coppice/testkit/kubernetes/shared-cluster';
import { eventually } from '@coppice/testkit/waiting/eventually';
import { afterAll, beforeAll, expect, it } from 'vitest';

const cluster = sharedCluster();
const namespace = 'autoscaling';
const AUTOSCALERS = `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`;
const values = {
  releases: { url: 's3://bucket/releases' },
  slots: [{ name: 'v1', weight: 100 }],
  page: { enabled: false },
};
const idle: Usage = { cpu: '10m', memory: '32Mi' };
let usage = idle;
let metrics: Awaited<ReturnType<typeof serveMetrics>>;

beforeAll(async () => {
  await createNamespace(cluster, namespace);
  metrics = await serveMetrics(cluster, () => usage);
  await installChart(cluster, namespace, values);
  // the chart grows by two pods in half a minute and shrinks by one a minute after five: here at once
  const now = [{ type: 'Percent', value: 300, periodSeconds: 1 }];
  const behavior = { scaleUp: { policies: now }, scaleDown: { stabilizationWindowSeconds: 0, policies: now } };
  for (const name of ['coppice-gateway', 'coppice-model-v1'])
    await cluster.request('PATCH', `${AUTOSCALERS}/${name}`, { spec: { behavior } });
});
afterAll(async () => {
  await metrics?.stop();
  await cluster.close();
});

it.each([
  // gateway 500m and 512Mi, a model 250m and 384Mi
  ['coppice-gateway', 'processor', { cpu: '500m', memory: '32Mi' }],
  ['coppice-gateway', 'memory', { cpu: '10m', memory: '500Mi' }],
  ['coppice-model-v1', 'processor', { cpu: '250m', memory: '32Mi' }],
  ['coppice-model-v1', 'memory', { cpu: '10m', memory: '380Mi' }],
])('%s goes from 2 to 5 and back by its %s', async (name, _, busy) => {
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`;
  const ready = (count: number) =>
    eventually(async () => (await cluster.get(path)).status.readyReplicas === count, {
      what: `${name} has ${count} ready pods`,
    });
  const seen: number[] = [];
  for (const [now, count] of [
    [idle, 2],
    [busy, 5],
    [idle, 2],
  ] as const) {
    usage = now;
    await ready(count);
    seen.push((await cluster.get(path)).spec.replicas);
  }
  expect(seen).toEqual([2, 5, 2]);
});

it('a moderate use keeps what there is', async () => {
  // 60 % of either, below 70 and 80
  usage = { cpu: '150m', memory: '230Mi' };
  const scaler = await eventually(async () => {
    const { status } = await cluster.get(`${AUTOSCALERS}/coppice-model-v1`);
    return status.currentMetrics?.[0]?.resource?.current?.averageUtilization === 60 && status;
  });
  expect(scaler).toMatchObject({ currentReplicas: 2, desiredReplicas: 2 });
});

it('an upgrade leaves the number of pods to the autoscaler', async () => {
  usage = { cpu: '500m', memory: '32Mi' };
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments/coppice-gateway`;
  const replicas = async () => (await cluster.get(path)).spec.replicas;
  await eventually(async () => (await replicas()) === 5);
  // the autoscalers were changed above: Helm takes their behaviour back
  const changed = { ...values, gateway: { settings: { RATE_LIMIT: 60 } } };
  await installChart(cluster, namespace, changed, ['--force-conflicts']);
  expect(await replicas()).toBe(5);
});
