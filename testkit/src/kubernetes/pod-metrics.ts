import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { eventually } from '../waiting/eventually.ts';
import type { ClusterClient, KubernetesObject } from './cluster-client.ts';

const GROUP = '/apis/metrics.k8s.io/v1beta1';
const API_SERVICE = '/apis/apiregistration.k8s.io/v1/apiservices';
const SERVICES = '/api/v1/namespaces/kube-system/services';
/** What each container uses, as quantities of Kubernetes: `{ cpu: '200m', memory: '64Mi' }`. */
export type Usage = { cpu: string; memory: string };

/** Answers metrics.k8s.io in place of metrics-server, which would ask nodes that run something: every container uses what `usage` says. */
export async function serveMetrics(client: ClusterClient, usage: () => Usage): Promise<{ stop(): Promise<void> }> {
  const pem = (name: string) => readFileSync(join(client.address.folder, 'pki', name));
  const server = createServer({ cert: pem('server.crt'), key: pem('server.key') }, (request, response) => {
    answer(client, new URL(request.url ?? '/', 'https://localhost'), usage()).then(
      (body) => response.writeHead(body ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
      (error: Error) => response.writeHead(500).end(error.message),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await client.request('POST', SERVICES, {
    metadata: { name: 'metrics' },
    spec: { type: 'ExternalName', externalName: 'localhost', ports: [{ port }] },
  });
  const { status, body } = await client.request('POST', API_SERVICE, {
    metadata: { name: 'v1beta1.metrics.k8s.io' },
    spec: {
      ...{ group: 'metrics.k8s.io', version: 'v1beta1', groupPriorityMinimum: 100, versionPriority: 100 },
      ...{ service: { name: 'metrics', namespace: 'kube-system', port }, insecureSkipTLSVerify: true },
    },
  });
  if (status !== 201) throw new Error(`the API server takes no metrics: ${JSON.stringify(body)}`);
  await eventually(async () => (await client.request('GET', GROUP)).status === 200, { what: 'metrics are served' });
  return {
    async stop() {
      // discovery would fail for every other file
      await client.request('DELETE', `${API_SERVICE}/v1beta1.metrics.k8s.io`);
      await client.request('DELETE', `${SERVICES}/metrics`);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(client: ClusterClient, url: URL, usage: Usage): Promise<object | null> {
  const apiVersion = 'metrics.k8s.io/v1beta1';
  if (url.pathname === GROUP) {
    const pods = { name: 'pods', singularName: '', kind: 'PodMetrics', namespaced: true, verbs: ['get', 'list'] };
    return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: apiVersion, resources: [pods] };
  }
  const [, namespace] = /\/namespaces\/([^/]+)\/pods$/.exec(url.pathname) ?? [];
  if (!namespace) return null;
  const { items } = await client.get<{ items: KubernetesObject[] }>(
    `/api/v1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(url.searchParams.get('labelSelector') ?? '')}`,
  );
  return {
    ...{ kind: 'PodMetricsList', apiVersion, metadata: {} },
    items: items.map(({ metadata, spec }) => ({
      metadata: { name: metadata.name, namespace, labels: metadata.labels },
      ...{ timestamp: new Date().toISOString(), window: '15s' },
      containers: spec.containers.map(({ name }: { name: string }) => ({ name, usage })),
    })),
  };
}
