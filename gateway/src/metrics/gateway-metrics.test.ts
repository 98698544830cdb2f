import { describe, expect, it } from 'vitest';
import { GatewayMetrics } from './gateway-metrics.ts';
import { METRICS, shadowAgreements, versionErrorReasons } from './metric-names.ts';

const read = async (metrics: GatewayMetrics, series: string) =>
  Number(
    (await metrics.scrape())
      .split('\n')
      .find((line) => line.startsWith(`${series} `))
      ?.split(' ')[1],
  );

describe('the metrics', () => {
  it('have the names that alerts and dashboards hold', async () => {
    const text = await new GatewayMetrics({ versions: ['v1'] }).scrape();
    for (const name of Object.values(METRICS)) expect(text).toContain(`# TYPE ${name} `);
    expect(text).toContain('process_resident_memory_bytes');
  });

  it('begin at 0 wherever their labels are known', async () => {
    const metrics = new GatewayMetrics({ versions: ['v1', 'v2'] });
    metrics.setClasses(['x', 'y "z"']);
    const series = [
      'prediction_requests_total',
      'model_version_requests_total{version="v2"}',
      'model_route_requests_total{version="v2",route="weighted"}',
      'model_version_ejections_total{version="v2"}',
      'prediction_latency_seconds_count{version="v2"}',
      'prediction_latency_seconds_bucket{le="0.0001",version="v1"}',
      ...versionErrorReasons.map((reason) => `prediction_errors_total{version="v1",reason="${reason}"}`),
      'prediction_errors_total{version="none",reason="invalid"}',
      'prediction_failovers_total{from="v1",to="v2"}',
      'model_predictions_total{version="v1",class="x"}',
      'model_drift_score',
      'prediction_record_dropped_total',
      'feedback_total{version="v1",correct="false"}',
      ...shadowAgreements.map((agreement) => `shadow_predictions_total{version="v2",agreement="${agreement}"}`),
    ];
    for (const name of series) expect([name, await read(metrics, name)]).toEqual([name, 0]);
  });

  it('count by version without mixing them up', async () => {
    const metrics = new GatewayMetrics({ versions: ['v1', 'v2'] });
    const v2 = metrics.forVersion('v2');
    metrics.setClasses(['x', 'y']);
    for (let i = 0; i < 3; i++) {
      metrics.requestReceived();
      v2.served(0.003, 'weighted');
      v2.predicted(1);
    }
    v2.failed('timeout', 3, 'pinned');
    v2.ejected();
    v2.batchSent(17);
    expect(await read(metrics, 'prediction_requests_total')).toBe(3);
    expect(await read(metrics, 'model_version_requests_total{version="v2"}')).toBe(4);
    expect(await read(metrics, 'model_version_requests_total{version="v1"}')).toBe(0);
    expect(await read(metrics, 'model_route_requests_total{version="v2",route="weighted"}')).toBe(3);
    expect(await read(metrics, 'model_route_requests_total{version="v2",route="pinned"}')).toBe(1);
    expect(await read(metrics, 'model_version_ejections_total{version="v2"}')).toBe(1);
    expect(await read(metrics, 'prediction_errors_total{version="v2",reason="timeout"}')).toBe(1);
    expect(await read(metrics, 'model_predictions_total{version="v2",class="y"}')).toBe(3);
    expect(await read(metrics, 'prediction_latency_seconds_bucket{le="0.0025",version="v2"}')).toBe(0);
    expect(await read(metrics, 'prediction_latency_seconds_bucket{le="0.005",version="v2"}')).toBe(3);
    expect(await read(metrics, 'prediction_latency_seconds_bucket{le="+Inf",version="v2"}')).toBe(4);
    expect(await read(metrics, 'prediction_latency_seconds_sum{version="v2"}')).toBeCloseTo(3.009);
    expect(await read(metrics, 'prediction_batch_size_bucket{le="32",version="v2"}')).toBe(1);
  });

  it('asks for gauges only when scraped', async () => {
    const metrics = new GatewayMetrics({ versions: ['v1'] });
    metrics.beforeScrape(() => metrics.driftScore(0.25));
    expect(await read(metrics, 'model_drift_score')).toBe(0.25);
  });
});
