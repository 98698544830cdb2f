import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createNamespace, objectsIn, renderChart, type Values } from '@coppice/testkit/kubernetes/chart';
import type { KubernetesObject } from '@coppice/testkit/kubernetes/cluster-client';
import { sharedCluster } from '@coppice/testkit/kubernetes/shared-cluster';
import { root } from '@coppice/testkit/programs/run-command';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const cluster = sharedCluster();
const namespace = 'monitored';
const rules = join(root, 'prometheus/rules');
const dashboards = join(root, 'prometheus/grafana/dashboards');
const values: Values = {
  releases: { url: 's3://bucket/releases', region: 'eu-central-1' },
  monitoring: {
    ...{ serviceMonitors: true, rules: true, dashboards: true, metricsToken: true },
    ...{ runbooks: 'https://example.test/runbooks.md', labels: { release: 'prometheus' } },
  },
};
let folder: string;
let archive: string;
let objects: KubernetesObject[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'coppice-chart-'));
  await createNamespace(cluster, namespace);
  await cluster.helm(['package', join(root, 'kubernetes'), '--destination', folder]);
  archive = join(folder, readdirSync(folder)[0] as string);
  objects = objectsIn(await renderChart(cluster, namespace, values));
});
afterAll(async () => {
  if (folder) rmSync(folder, { recursive: true, force: true });
  await cluster.close();
});

const ofKind = (kind: string) => objects.filter((object) => object.kind === kind);

describe('the packed chart', () => {
  it('has the rules and dashboards that the folder links to', async () => {
    const args = ['template', 'coppice', archive, `--namespace=${namespace}`, '--values=-'];
    expect(objectsIn(await cluster.helm(args, { input: JSON.stringify(values) }))).toEqual(objects);
  });

  it('can be installed', async () => {
    const args = ['upgrade', '--install', 'coppice', archive, `--namespace=${namespace}`, '--values=-', '--wait'];
    expect(await cluster.helm(args, { input: JSON.stringify(values) })).toContain('STATUS: deployed');
    const monitoring = `/apis/monitoring.coreos.com/v1/namespaces/${namespace}`;
    expect((await cluster.get(`${monitoring}/prometheusrules`)).items).toHaveLength(readdirSync(rules).length);
    expect((await cluster.get(`${monitoring}/servicemonitors`)).items).toHaveLength(2);
  });
});

describe('Prometheus', () => {
  it('gets our rules as they are, but for the address of the runbooks', () => {
    const made = ofKind('PrometheusRule').map(({ metadata, spec }) => [metadata.name, spec]);
    const ours = readdirSync(rules).map((file) => {
      const text = readFileSync(join(rules, file), 'utf8');
      return [
        `coppice-${file.replace('.yml', '')}`,
        parse(text.replaceAll('docs/runbooks.md', 'https://example.test/runbooks.md')),
      ];
    });
    expect(Object.fromEntries(made)).toEqual(Object.fromEntries(ours));
  });

  it.each(['gateway', 'model'])('scrapes each pod of the %s once, as the job of this name', (component) => {
    const { spec, metadata } = ofKind('ServiceMonitor').find((one) => one.metadata.name === `coppice-${component}`);
    expect(metadata.labels.release).toBe('prometheus');
    const services = ofKind('Service').filter(({ metadata: { labels } }) => selects(spec.selector, labels));
    expect(services.map(({ metadata: { labels } }) => labels[spec.jobLabel])).toEqual(services.map(() => component));
    for (const { spec: service } of services)
      expect(service.ports.map(({ name }: KubernetesObject) => name)).toContain(spec.endpoints[0].port);
    const scraped = ofKind('Deployment').map(({ metadata: { name }, spec: { template } }) => [
      name,
      services.filter(({ spec: { selector } }) => selects({ matchLabels: selector }, template.metadata.labels)).length,
    ]);
    expect(scraped).toEqual(scraped.map(([name]) => [name, String(name).startsWith(`coppice-${component}`) ? 1 : 0]));
  });

  it('sends the token from the Secret, to the gateway only', () => {
    expect(ofKind('ServiceMonitor').map(({ spec }) => spec.endpoints[0].authorization)).toEqual([
      { credentials: { name: 'coppice-tokens', key: 'METRICS_TOKEN' } },
      undefined,
    ]);
  });
});

describe('Grafana', () => {
  it('finds each dashboard by its label', () => {
    const maps = ofKind('ConfigMap').filter(({ metadata }) => metadata.labels.grafana_dashboard === '1');
    const made = Object.assign({}, ...maps.map(({ data }) => data));
    const ours = readdirSync(dashboards);
    expect(Object.keys(made).sort()).toEqual(ours.sort());
    for (const file of ours)
      expect(JSON.parse(made[file])).toEqual(JSON.parse(readFileSync(join(dashboards, file), 'utf8')));
  });
});

describe('the pod of helm test', () => {
  it('is admitted by the standard restricted, and has no token', async () => {
    const [pod] = ofKind('Pod');
    const path = `/api/v1/namespaces/${namespace}/pods?dryRun=All&fieldValidation=Strict`;
    const { status, body, warnings } = await cluster.request('POST', path, pod);
    expect({ status, warnings }, JSON.stringify(body)).toEqual({ status: 201, warnings: [] });
    expect(JSON.stringify(body)).not.toContain('serviceAccountToken');
  });
});

type Selector = { matchLabels: Record<string, string>; matchExpressions?: { key: string }[] };

/** `Exists` is the only expression that monitors use. */
function selects({ matchLabels, matchExpressions = [] }: Selector, labels: Record<string, string>): boolean {
  return (
    Object.entries(matchLabels).every(([name, value]) => labels[name] === value) &&
    matchExpressions.every(({ key }) => key in labels)
  );
}
