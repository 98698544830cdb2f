import { readFileSync } from 'node:fs';
import { METRICS } from '@coppice/gateway/metrics/metric-names';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { dashboardFile, dashboardText } from './dashboard.ts';
import { dashboardQueries } from './queries.ts';

describe('the dashboard', () => {
  it('is committed as it is generated (else: npm run dashboards)', () => {
    expect(readFileSync(dashboardFile, 'utf8')).toBe(dashboardText());
  });

  it('shows every metric of the gateway', () => {
    const queries = dashboardQueries().join('\n');
    const recorded: Record<string, string> = {
      [METRICS.trafficWeight]: 'job_version:model_traffic_share:ratio',
      [METRICS.driftDetected]: METRICS.featureDriftDetected,
    };
    for (const metric of Object.values(METRICS)) expect(queries).toContain(recorded[metric] ?? metric);
  });

  it('asks the data source that is provisioned', () => {
    const file = new URL('provisioning/datasources/prometheus.yml', import.meta.url);
    const [source] = parse(readFileSync(file, 'utf8')).datasources;
    const used = [...dashboardText().matchAll(/"uid": "(\w+)"/g)].map(([, uid]) => uid);
    expect(new Set(used)).toEqual(new Set([source.uid, 'coppice']));
  });
});
