import { objectsIn, renderChart } from '@coppice/testkit/kubernetes/chart';
import type { KubernetesObject } from '@coppice/testkit/kubernetes/cluster-client';
import { sharedCluster } from '@coppice/testkit/kubernetes/shared-cluster';
import { beforeAll, describe, expect, it } from 'vitest';

// No mesh runs here: this reads the rules as Gateway API and Istio say, https://gateway-api.sigs.k8s.io/reference/spec/#httprouterule
// and https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPMatchRequest.

const cluster = sharedCluster();
const host = 'iris.example.com';
const values = (routing: string) => ({
  ...{ routing, releases: { url: 's3://bucket/releases', region: 'eu-central-1' } },
  slots: [1, 2, 10].map((n) => ({ name: `v${n}`, weight: n === 1 ? 50 : 25 })),
  exposure: { type: routing, host, gateway: { name: 'web' } },
});

type Request = { path: string; version?: string };
const below = (path: string, prefix: string) => path === prefix || path.startsWith(`${prefix.replace(/\/$/, '')}/`);

/** Services that Gateway API sends a request to: the exact path, else the longest prefix, else the most headers. */
function byHttpRoutes(objects: KubernetesObject[], { path, version }: Request): string[] {
  const candidates = objects
    .filter(({ kind }) => kind === 'HTTPRoute')
    .flatMap(({ spec }) => spec.rules)
    .flatMap(({ matches, backendRefs }) => matches.map((match: KubernetesObject) => ({ ...match, backendRefs })))
    .filter(({ path: { type, value } }) => (type === 'Exact' ? path === value : below(path, value)))
    .filter(({ headers = [] }) => headers.every(({ value }: { value: string }) => value === version))
    .sort(
      (a, b) =>
        Number(b.path.type === 'Exact') - Number(a.path.type === 'Exact') ||
        b.path.value.length - a.path.value.length ||
        (b.headers?.length ?? 0) - (a.headers?.length ?? 0),
    );
  return (candidates[0]?.backendRefs ?? []).map(({ name }: { name: string }) => name);
}

/** Services that Istio's ingress gateway sends a request to: the first rule that matches. */
function byVirtualServices(objects: KubernetesObject[], { path, version }: Request): string[] {
  const services = objects.filter(({ kind }) => kind === 'VirtualService');
  expect(services).toHaveLength(1);
  const rule = services[0].spec.http.find(({ match }: KubernetesObject) =>
    match.some(
      ({ uri, headers }: KubernetesObject) =>
        (uri.exact === undefined ? path.startsWith(uri.prefix) : path === uri.exact) &&
        (headers === undefined || headers['x-model-version'].exact === version),
    ),
  );
  return (rule?.route ?? []).map(({ destination }: KubernetesObject) => destination.host.split('.')[0]);
}

const [v1, v2, v10] = ['v1', 'v2', 'v10'].map((version) => `coppice-model-${version}`) as [string, string, string];
const all = [v1, v2, v10];
const page = ['coppice-page'];

describe.each([
  ['gateway-api', byHttpRoutes],
  ['istio', byVirtualServices],
] as const)('routing: %s', (routing, services) => {
  let objects: KubernetesObject[];
  beforeAll(async () => {
    objects = objectsIn(await renderChart(cluster, 'routes', values(routing)));
  });

  it.each<[string, Request, string[]]>([
    ['a prediction', { path: '/predict' }, all],
    ['an inference', { path: '/v2/models/iris/infer' }, all],
    ['the readiness of a server', { path: '/v2/health/ready' }, all],
    ['a prediction pinned by the header', { path: '/predict', version: 'v2' }, [v2]],
    ['an inference pinned by the header', { path: '/v2/models/iris/infer', version: 'v10' }, [v10]],
    ['an inference pinned by the path', { path: '/v2/models/iris/versions/v2/infer' }, [v2]],
    ['a version whose name begins with another', { path: '/v2/models/iris/versions/v10/infer' }, [v10]],
    ['the description of a version', { path: '/v2/models/iris/versions/v1' }, [v1]],
    ['a path and a header that differ, by the path', { path: '/v2/models/iris/versions/v2', version: 'v1' }, [v2]],
    ['a version that does not exist, in the header', { path: '/predict', version: 'v9' }, all],
    ['a version that does not exist, in the path', { path: '/v2/models/iris/versions/v9/infer' }, all],
    ['the page', { path: '/' }, page],
    ['what is below the page', { path: '/api/config' }, page],
    ['a path that begins like another', { path: '/predictions' }, page],
  ])('sends %s where it belongs', (_, request, expected) => {
    expect(services(objects, request)).toEqual(expected);
  });
});
