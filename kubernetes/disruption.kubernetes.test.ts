import { createNamespace, installChart } from '@coppice/testkit/kubernetes/chart';
import type { KubernetesObject } from '@coppice/testkit/kubernetes/cluster-client';
import { sharedCluster } from '@coppice/testkit/kubernetes/shared-cluster';
import { eventually } from '@coppice/testkit/waiting/eventually';
import { afterAll, beforeAll, expect, it } from 'vitest';

const cluster = sharedCluster();
const namespace = 'disruption';

beforeAll(async () => {
  await createNamespace(cluster, namespace);
  const fixed = { autoscaling: { enabled: false } };
  await installChart(cluster, namespace, { releases: { url: 's3://bucket/releases' }, gateway: fixed, models: fixed });
});
afterAll(() => cluster.close());

it.each([
  ['coppice-gateway', 'component=gateway'],
  ['coppice-model-v1', 'slot=v1'],
  ['coppice-model-v2', 'slot=v2'],
  ['coppice-page', 'component=page'],
])('%s loses one pod to a drained node, and no second one before that is replaced', async (name, label) => {
  const allowed = () => disruptionsAllowed(name, 1);
  const [first, second] = await pods(label);
  await allowed();
  // a pod that does not serve takes up the budget
  await setReady(first, false);
  await disruptionsAllowed(name, 0);
  const refused = await evict(second);
  expect({ status: refused.status, message: refused.body.message }).toEqual({
    ...{ status: 429, message: "Cannot evict pod as it would violate the pod's disruption budget." },
  });
  // and goes itself, so that its node can be drained
  expect(await evict(first)).toMatchObject({ status: 201 });
  await allowed();
  expect(await evict(second)).toMatchObject({ status: 201 });
  await allowed();
  const left = await pods(label);
  expect(left).toHaveLength(2);
  expect(left.some((pod) => [first, second].includes(pod))).toBe(false);
});

it('a drain of a node ends, and moves its pods elsewhere', async () => {
  const [pod] = await pods('component=gateway');
  const { spec } = await cluster.get(`/api/v1/namespaces/${namespace}/pods/${pod}`);
  const drained = [
    '--ignore-daemonsets',
    '--delete-emptydir-data',
    '--timeout=60s',
    '--pod-selector=app.kubernetes.io/name=coppice',
  ];
  try {
    await cluster.kubectl(['drain', spec.nodeName, ...drained]);
    const { items } = await eventually(async () => {
      const now = await podList('component=gateway');
      return now.items.length === 2 && now;
    });
    expect(items.map((one: KubernetesObject) => one.spec.nodeName)).not.toContain(spec.nodeName);
  } finally {
    await cluster.kubectl(['uncordon', spec.nodeName]);
  }
});

function podList(label: string): Promise<{ items: KubernetesObject[] }> {
  const [key] = label.split('=');
  const prefix = key === 'slot' ? 'coppice.io' : 'app.kubernetes.io';
  return cluster.get(`/api/v1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(`${prefix}/${label}`)}`);
}

async function pods(label: string): Promise<[string, string]> {
  const { items } = await podList(label);
  return items.map(({ metadata }) => metadata.name) as [string, string];
}

function evict(pod: string) {
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}/eviction`;
  return cluster.request('POST', path, { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: pod } });
}

async function setReady(pod: string, ready: boolean): Promise<void> {
  const conditions = ['Ready', 'ContainersReady'].map((type) => ({ type, status: ready ? 'True' : 'False' }));
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}/status`;
  await cluster.request('PATCH', path, { status: { conditions } }, 'application/strategic-merge-patch+json');
}

/** Waits until the controller has counted the pods. */
function disruptionsAllowed(name: string, count: number) {
  const path = `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets/${name}`;
  return eventually(async () => (await cluster.get(path)).status.disruptionsAllowed === count, {
    what: `the budget of ${name} allows ${count}`,
  });
}
