import { createNamespace, installChart } from '@coppice/testkit/kubernetes/chart';
import { sharedCluster } from '@coppice/testkit/kubernetes/shared-cluster';
import { eventually } from '@coppice/testkit/waiting/eventually';
import { afterAll, beforeAll, expect, it } from 'vitest';

const cluster = sharedCluster();
const namespace = 'fixed-number';
const values = { releases: { url: 's3://bucket/releases' }, slots: [{ name: 'v1', weight: 100 }] };
const fixedAt = (replicas: number) => ({ ...values, models: { replicas, autoscaling: { enabled: false } } });
const replicas = async () =>
  (await cluster.get(`/apis/apps/v1/namespaces/${namespace}/deployments/coppice-model-v1`)).spec.replicas;
const reaches = (count: number) => eventually(async () => (await replicas()) === count);

beforeAll(() => createNamespace(cluster, namespace));
afterAll(() => cluster.close());

it('autoscaling is turned off and on without a conflict, and never leaves a single pod', async () => {
  await installChart(cluster, namespace, values);
  await reaches(2);
  await installChart(cluster, namespace, fixedAt(3));
  await reaches(3);
  await installChart(cluster, namespace, fixedAt(4));
  await reaches(4);
  await installChart(cluster, namespace, values);
  expect(await replicas()).toBe(4);
});
