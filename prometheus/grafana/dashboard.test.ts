import { readdirSync, readFileSync } from 'node:fs';
import { METRICS } from '@coppice/gateway/metrics/metric-names';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { dashboardFile, dashboards, dashboardText } from './dashboards.ts';
import { dashboardQueries } from './queries.ts';

describe.each(Object.entries(dashboards))('the dashboard %s', (name, build) => {
  it('is committed as generated (else: npm run dashboards)', () => {
    expect(readFileSync(dashboardFile(name), 'utf8')).toBe(dashboardText(build));
  });

  it('queries the provisioned data source', () => {
    const file = new URL('provisioning/datasources/prometheus.yml', import.meta.url);
    const [source] = parse(readFileSync(file, 'utf8')).datasources;
    const used = [...dashboardText(build).matchAll(/"uid": "([\w-]+)"/g)].map(([, uid]) => uid);
    expect(new Set(used)).toEqual(new Set([source.uid, name.replace('.json', '')]));
  });

  it('has room in a ConfigMap, which holds 1 MiB', () => {
    expect(Buffer.byteLength(dashboardText(build))).toBeLessThan(512 * 1024);
  });
});

describe('the dashboards', () => {
  it('are all that is provisioned', () => {
    expect(readdirSync(new URL('dashboards', import.meta.url)).sort()).toEqual(Object.keys(dashboards).sort());
  });

  it('show every metric of the gateway', () => {
    const queries = dashboardQueries().join('\n');
    const recorded: Record<string, string> = {
      [METRICS.trafficWeight]: 'job_version:model_traffic_share:ratio',
      [METRICS.driftDetected]: METRICS.featureDriftDetected,
    };
    for (const metric of Object.values(METRICS)) expect(queries).toContain(recorded[metric] ?? metric);
  });
});
