import { createNamespace, installChart, objectsIn, renderChart, type Values } from '@coppice/testkit/kubernetes/chart';
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
  istiod: outsider('istio-system', { app: 'istiod' }),
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
  ...[80, 443, 5000, 5432, 6443, 8080, 8501, 9090, 15008, 15012].map((port) => [port, 'TCP'] as const),
];

const values = {
  releases: { url: 's3://bucket/releases' },
  mlflow: { enabled: true, existingSecret: 'mlflow', artifacts: 's3://bucket/mlflow' },
  training: { schedule: '0 3 * * 1' },
  networkPolicies: {
    outside: { namespaces: ['ingress-nginx'], cidrs: ['10.0.1.0/24'] },
    database: { cidrs: ['10.0.3.0/24'] },
    store: { cidrs: ['52.219.0.0/16'] },
  },
};
const ours = ['gateway', 'v1', 'v2', 'page', 'training', 'mlflow', 'helm test'];
const outside = ['ingress controller', 'load balancer'];
const edges = (from: string[], to: string[], port: string) =>
  from.flatMap((one) => to.filter((other) => other !== one).map((other) => `${one} → ${other} ${port}`));

const always = [
  ...edges(ours, ['dns'], '53/TCP'),
  ...edges(ours, ['dns'], '53/UDP'),
  ...edges([...outside, 'page', 'prometheus', 'helm test'], ['gateway'], '5000/TCP'),
  ...edges(['gateway', 'prometheus'], ['v1', 'v2'], '8080/TCP'),
  ...edges([...outside, 'helm test'], ['page'], '8501/TCP'),
  ...edges(['page'], ['prometheus'], '9090/TCP'),
  ...edges(['gateway', 'mlflow'], ['postgres'], '5432/TCP'),
  ...edges(['gateway', 'v1', 'v2', 'training', 'mlflow'], ['bucket of s3'], '443/TCP'),
  ...edges(['v1', 'v2', 'training'], ['mlflow'], '5000/TCP'),
];
const straight = edges([...outside, 'helm test'], ['v1', 'v2'], '8080/TCP');
const mesh = [...edges([...ours, ...outside], ours, '15008/TCP'), ...edges(ours, ['istiod'], '15012/TCP')];
const parent = { host: 'iris.example.test', gateway: { name: 'public', namespace: 'gateways' } };

/** How requests are routed, and which connections that opens. */
const ways: [string, Values, string[]][] = [
  ['through the gateway', {}, always],
  [
    'by the Gateway API',
    { routing: 'gateway-api', exposure: { type: 'gateway-api', ...parent } },
    [...always, ...straight],
  ],
  ['by Istio', { routing: 'istio', exposure: { type: 'istio', ...parent } }, [...always, ...straight, ...mesh]],
];

beforeAll(async () => {
  await createNamespace(cluster, namespace);
  await installChart(cluster, namespace, values);
  const { items } = await cluster.get(`/api/v1/namespaces/${namespace}/pods`);
  for (const pod of items as KubernetesObject[]) {
    const { labels } = pod.metadata;
    ends[labels['coppice.io/slot'] ?? labels['app.kubernetes.io/component']] = endOf(pod);
  }
  const objects = objectsIn(await renderChart(cluster, namespace, values));
  ends['helm test'] = endOf(objects.find(({ kind }) => kind === 'Pod'));
});
afterAll(() => cluster.close());

it('the policies that are installed are those that Helm renders', async () => {
  const path = `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`;
  const { items } = await cluster.get<{ items: NetworkPolicy[] }>(path);
  const rendered = await renderedPolicies({});
  expect(openEdges(items).open).toEqual(openEdges(rendered).open);
  expect(items.map(({ metadata }) => metadata.name).sort()).toEqual(
    rendered.map(({ metadata }) => metadata.name).sort(),
  );
});

it.each(ways)('%s: each edge is named, and every other connection of our pods is denied', async (way, more, named) => {
  expect(Object.keys(ends)).toEqual(expect.arrayContaining(ours));
  const { open, tried } = openEdges(await renderedPolicies(more));
  console.log(`network policies, ${way}: ${tried} connections tried, ${open.length} allowed`);
  expect(open).toEqual(named.toSorted());
});

async function renderedPolicies(more: Values): Promise<NetworkPolicy[]> {
  const objects = objectsIn(await renderChart(cluster, namespace, { ...values, ...more }));
  return objects
    .filter(({ kind }) => kind === 'NetworkPolicy')
    .map((policy) => ({ ...policy, metadata: { ...policy.metadata, namespace } }));
}

function openEdges(policies: NetworkPolicy[]): { open: string[]; tried: number } {
  const open: string[] = [];
  let tried = 0;
  for (const [from, sender] of Object.entries(ends))
    for (const [to, receiver] of Object.entries(ends)) {
      if (from === to || !(ours.includes(from) || ours.includes(to))) continue;
      for (const [port, protocol] of PORTS) {
        tried++;
        if (isAllowed(policies, sender, receiver, port, protocol)) open.push(`${from} → ${to} ${port}/${protocol}`);
      }
    }
  return { open: open.sort(), tried };
}

function endOf({ metadata, spec }: KubernetesObject): End {
  const ports = spec.containers.flatMap((one: KubernetesObject) => one.ports ?? []);
  return {
    ...{ namespace, namespaceLabels: nameLabel(namespace), labels: metadata.labels },
    ports: Object.fromEntries(ports.map((port: KubernetesObject) => [port.name, port.containerPort])),
  };
}

function outsider(name: string, labels: Record<string, string>): End {
  return { namespace: name, namespaceLabels: nameLabel(name), labels };
}

function nameLabel(name: string): Record<string, string> {
  return { 'kubernetes.io/metadata.name': name };
}
