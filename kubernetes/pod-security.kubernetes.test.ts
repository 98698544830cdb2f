import { createNamespace, installChart, objectsIn, renderChart } from '@coppice/testkit/kubernetes/chart';
import type { KubernetesObject } from '@coppice/testkit/kubernetes/cluster-client';
import { sharedCluster } from '@coppice/testkit/kubernetes/shared-cluster';
import { eventually } from '@coppice/testkit/waiting/eventually';
import { afterAll, beforeAll, expect, it } from 'vitest';

const cluster = sharedCluster();
const namespace = 'pod-security';
const values = {
  releases: { url: 's3://bucket/releases' },
  training: { schedule: '0 3 * * 1' },
  mlflow: { enabled: true },
};
let templates: Record<string, KubernetesObject> = {};

beforeAll(async () => {
  await createNamespace(cluster, namespace);
  await installChart(cluster, namespace, values);
  const objects = objectsIn(await renderChart(cluster, namespace, values));
  templates = Object.fromEntries(
    objects.flatMap(({ kind, metadata, spec }) => {
      const template = kind === 'Pod' ? { spec } : (spec?.jobTemplate?.spec.template ?? spec?.template);
      return template?.spec?.containers ? [[`${kind} ${metadata.name}`, template]] : [];
    }),
  );
});
afterAll(() => cluster.close());

it('the standard "restricted" takes each pod of the chart without a warning', async () => {
  const kinds = Object.keys(templates).map((name) => name.split(' ')[0]);
  expect(kinds).toEqual(expect.arrayContaining(['Deployment', 'Job', 'CronJob']));
  for (const [name, template] of Object.entries(templates)) {
    const { status, body, warnings } = await createPod(template.spec);
    expect({ name, status, message: body.message, warnings }).toEqual({ name, status: 201, warnings: [] });
  }
});

it('each container has a read-only root and no capability, and no pod has a token of the API server', async () => {
  for (const [name, { spec }] of Object.entries(templates)) {
    const { body } = await createPod(spec);
    expect(JSON.stringify(body.spec.volumes), name).not.toContain('serviceAccountToken');
    expect(body.spec.containers[0].securityContext, name).toEqual({
      ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
    });
  }
});

it.each<[string, (spec: KubernetesObject) => void, string]>([
  [
    'a privileged container',
    ({ containers: [one] }) => Object.assign(one, { securityContext: { privileged: true } }),
    'privileged',
  ],
  ['root', (spec) => Object.assign(spec.securityContext, { runAsNonRoot: false, runAsUser: 0 }), 'runAsNonRoot'],
  ['a folder of the node', ({ volumes }) => volumes.push({ name: 'node', hostPath: { path: '/' } }), 'hostPath'],
  ["the node's network", (spec) => Object.assign(spec, { hostNetwork: true }), 'host namespaces'],
  [
    'a capability',
    ({ containers: [one] }) => Object.assign(one.securityContext.capabilities, { add: ['NET_ADMIN'] }),
    'NET_ADMIN',
  ],
  ['no seccomp profile', ({ securityContext }) => delete securityContext.seccompProfile, 'seccompProfile'],
])('a pod with %s is refused', async (_, change, reason) => {
  for (const [name, template] of Object.entries(templates)) {
    const spec = structuredClone(template.spec);
    change(spec);
    const { status, body } = await createPod(spec);
    expect({ name, status, message: body.message }).toEqual({
      ...{ name, status: 403, message: expect.stringMatching(`violates PodSecurity "restricted:latest".*${reason}`) },
    });
  }
});

it('a privileged change of the gateway is warned of, makes no pod, and leaves the old ones serving', async () => {
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments/coppice-gateway`;
  const container = { name: 'gateway', securityContext: { privileged: true, allowPrivilegeEscalation: true } };
  const patch = { spec: { template: { spec: { containers: [container] } } } };
  const { status, warnings } = await cluster.request('PATCH', path, patch, 'application/strategic-merge-patch+json');
  expect({ status, warnings }).toEqual({
    status: 200,
    warnings: [expect.stringContaining('would violate PodSecurity')],
  });
  const refused = await eventually(async () => {
    const { status: now } = await cluster.get(path);
    return (
      now.conditions.find((one: KubernetesObject) => one.type === 'ReplicaFailure' && one.status === 'True') && now
    );
  });
  expect(refused.conditions).toContainEqual(
    expect.objectContaining({ reason: 'FailedCreate', message: expect.stringContaining('violates PodSecurity') }),
  );
  expect(refused).toMatchObject({ readyReplicas: 2 });
});

/** Asks the API server for a pod, which it checks and does not keep. */
function createPod(spec: KubernetesObject) {
  const pod = { metadata: { name: 'tried' }, spec };
  return cluster.request('POST', `/api/v1/namespaces/${namespace}/pods?dryRun=All&fieldValidation=Strict`, pod);
}
