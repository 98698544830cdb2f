import { createNamespace, installChart } from '@coppice/testkit/kubernetes/chart';
import type { KubernetesObject } from '@coppice/testkit/kubernetes/cluster-client';
import { type End, isAllowed, type NetworkPolicy } from '@coppice/testkit/kubernetes/network-policies';
import { sharedCluster } from '@coppice/testkit/kubernetes/shared-cluster';
import { afterAll, beforeAll, expect, it } from 'vitest';

// No traffic flows here: nodes run nothing. The policies that the API server took are read as a network would read them, for the labels
// that real pods have.

const cluster = sharedCluster();
const namespace = 'network';
const ends: Record<string, End> = {
  'ingress controller': outsider('ingress-nginx', { 'app.kubernetes.io/name': 'ingress-nginx' }),
  prometheus: outsider('monitoring', { 'app.kubernetes.io/name': 'prometheus' }),
  grafana: outsider('monitoring', { 'app.kubernetes.io/name': 'grafana' }),
  dns: outsider('kube-system', { 'k8s-app': 'kube-dns' }),
  'api server': { ip: '10.96.0.1' },
  // labels alone make no pod one of ours
  'gateway of another namespace': outsider('other', {
    'app.kubernetes.io/name': 'coppice',
    'app.kubernetes.io/instance': 'coppice',
    'app.kubernetes.io/component': 'gateway',
  }),
  'other pod of the namespace': { namespace, namespaceLabels: nameLabel(namespace), labels: { app: 'other' } },
  'load balancer': { ip: '10.0.1.20' },
  postgres: { ip: '10.0.3.4' },
  'bucket of s3': { ip: '52.219.1.2' },
  internet: { ip: '203.0.113.9' },
  'metadata of the node': { ip: '169.254.169.254' },
};
const PORTS = [
  ...[[53, 'UDP'] as const, [53, 'TCP'] as const],
  ...[80, 443, 5000, 5432, 6443, 8080, 8501, 9090].map((port) => [port, 'TCP'] as const),
];

beforeAll(async () => {
  await createNamespace(cluster, namespace);
  await installChart(cluster, namespace, {
    releases: { url: 's3://bucket/releases' },
    mlflow: { enabled: true, existingSecret: 'mlflow', artifacts: 's3://bucket/mlflow' },
    training: { schedule: '0 3 * * 1' },
    networkPolicies: {
      outside: { namespaces: ['ingress-nginx'], cidrs: ['10.0.1.0/24'] },
      database: { cidrs: ['10.0.3.0/24'] },
      store: { cidrs: ['52.219.0.0/16'] },
    },
  });
  const { items } = await cluster.get(`/api/v1/namespaces/${namespace}/pods`);
  for (const pod of items as KubernetesObject[]) {
    const { labels } = pod.metadata;
    const name = labels['coppice.io/slot'] ?? labels['app.kubernetes.io/component'];
    const ports = pod.spec.containers.flatMap((one: KubernetesObject) => one.ports ?? []);
    ends[name] = {
      ...{ namespace, namespaceLabels: nameLabel(namespace), labels },
      ports: Object.fromEntries(ports.map((port: KubernetesObject) => [port.name, port.containerPort])),
    };
  }
});
afterAll(() => cluster.close());

it('each edge is named, and every other connection of our pods is denied', async () => {
  const ours = ['gateway', 'v1', 'v2', 'page', 'training', 'mlflow'];
  expect(Object.keys(ends)).toEqual(expect.arrayContaining(ours));
  const { items } = await cluster.get<{ items: NetworkPolicy[] }>(
    `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`,
  );
  const open: string[] = [];
  let tried = 0;
  for (const [from, sender] of Object.entries(ends))
    for (const [to, receiver] of Object.entries(ends)) {
      if (from === to || !(ours.includes(from) || ours.includes(to))) continue;
      for (const [port, protocol] of PORTS) {
        tried++;
        if (isAllowed(items, sender, receiver, port, protocol)) open.push(`${from} → ${to} ${port}/${protocol}`);
      }
    }
  console.log(`network policies: ${tried} connections tried, ${open.length} allowed`);
  expect(open.sort()).toEqual(
    [
      ...ours.flatMap((from) => [`${from} → dns 53/TCP`, `${from} → dns 53/UDP`]),
      ...['ingress controller', 'load balancer', 'page', 'prometheus'].map((from) => `${from} → gateway 5000/TCP`),
      ...['gateway → v1 8080/TCP', 'gateway → v2 8080/TCP', 'prometheus → v1 8080/TCP', 'prometheus → v2 8080/TCP'],
      ...['ingress controller → page 8501/TCP', 'load balancer → page 8501/TCP', 'page → prometheus 9090/TCP'],
      ...['gateway → postgres 5432/TCP', 'mlflow → postgres 5432/TCP'],
      ...['gateway', 'v1', 'v2', 'training', 'mlflow'].map((from) => `${from} → bucket of s3 443/TCP`),
      ...['v1', 'v2', 'training'].map((from) => `${from} → mlflow 5000/TCP`),
    ].sort(),
  );
});

function outsider(name: string, labels: Record<string, string>): End {
  return { namespace: name, namespaceLabels: nameLabel(name), labels };
}

function nameLabel(name: string): Record<string, string> {
  return { 'kubernetes.io/metadata.name': name };
}
