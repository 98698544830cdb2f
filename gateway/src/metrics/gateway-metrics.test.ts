import { describe, expect, it } from 'vitest';
import { GatewayMetrics } from './gateway-metrics.ts';

/** A copy of the names on purpose: alerts, dashboards and users' own queries break when one changes. */
const CONTRACT = {
  prediction_requests_total: 'counter',
  model_version_requests_total: 'counter',
  model_route_requests_total: 'counter',
  prediction_latency_seconds: 'histogram',
  prediction_errors_total: 'counter',
  prediction_failovers_total: 'counter',
  prediction_requests_unfit_total: 'counter',
  model_predictions_total: 'counter',
  prediction_batch_size: 'histogram',
  model_traffic_weight: 'gauge',
  model_split_assignments: 'gauge',
  model_split_differs: 'gauge',
  model_version_up: 'gauge',
  model_release_number: 'gauge',
  model_version_ejections_total: 'counter',
  model_drift_score: 'gauge',
  model_drift_samples: 'gauge',
  feature_drift_score: 'gauge',
  model_drift_detected: 'gauge',
  feature_drift_detected: 'gauge',
  prediction_drift_detected: 'gauge',
  prediction_record_writable: 'gauge',
  prediction_record_dropped_total: 'counter',
  feedback_total: 'counter',
  shadow_predictions_total: 'counter',
  shadow_latency_seconds: 'histogram',
  rollout_step_percent: 'gauge',
  rollout_state: 'gauge',
  rollout_guardrail_log_e: 'gauge',
  rollout_guardrail_violated: 'gauge',
  rollout_changes_total: 'counter',
  experiment_effect: 'gauge',
  experiment_effect_low: 'gauge',
  experiment_effect_high: 'gauge',
  experiment_srm: 'gauge',
  experiment_feedback_mismatch: 'gauge',
};

const read = async (metrics: GatewayMetrics, series: string) =>
  Number(
    (await metrics.scrape())
      .split('\n')
      .find((line) => line.startsWith(`${series} `))
      ?.split(' ')[1],
  );

describe('the metrics', () => {
  it('have the names and types that alerts and dashboards hold, and no others', async () => {
    const text = await new GatewayMetrics({ versions: ['v1'] }).scrape();
    const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name as string, type]);
    const ofNode = ([name = '']: (string | undefined)[]) => /^(process|nodejs)_/.test(name);
    expect(Object.fromEntries(types.filter((type) => !ofNode(type)))).toEqual(CONTRACT);
    expect(types.filter(ofNode)).toContainEqual(['process_resident_memory_bytes', 'gauge']);
  });

  it('measure latency, the shadow too, in the buckets that queries hold', async () => {
    const text = await new GatewayMetrics({ versions: ['v1'] }).scrape();
    for (const name of ['prediction_latency_seconds', 'shadow_latency_seconds']) {
      const bounds = [...text.matchAll(new RegExp(`^${name}_bucket{le="([^"]+)"`, 'gm'))].map(([, le]) => le);
      expect(bounds.join(' ')).toBe('0.0001 0.00025 0.0005 0.001 0.0025 0.005 0.01 0.025 0.05 0.1 0.25 0.5 1 2.5 +Inf');
    }
  });

  it('begin at 0 wherever their labels are known', async () => {
    const metrics = new GatewayMetrics({ versions: ['v1', 'v2'] });
    metrics.setClasses(['x', 'y "z"']);
    const series = [
      'prediction_requests_total',
      'model_version_requests_total{version="v2"}',
      ...['pinned', 'sticky', 'weighted', 'failover'].map(
        (route) => `model_route_requests_total{version="v2",route="${route}"}`,
      ),
      'model_version_ejections_total{version="v2"}',
      'prediction_requests_unfit_total{version="v2"}',
      'prediction_latency_seconds_count{version="v2"}',
      'prediction_latency_seconds_bucket{le="0.0001",version="v1"}',
      ...['connect', 'timeout', 'upstream', 'refused', 'garbage', 'overload', 'unavailable'].map(
        (reason) => `prediction_errors_total{version="v1",reason="${reason}"}`,
      ),
      ...['invalid', 'unavailable'].map((reason) => `prediction_errors_total{version="none",reason="${reason}"}`),
      'prediction_failovers_total{from="v1",to="v2"}',
      'model_predictions_total{version="v1",class="x"}',
      'model_drift_score',
      'prediction_record_dropped_total',
      'feedback_total{version="v1",correct="false"}',
      ...['agree', 'disagree', 'failed', 'dropped'].map(
        (agreement) => `shadow_predictions_total{version="v2",agreement="${agreement}"}`,
      ),
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

  it('show the last rollout, and its guardrails only where there is enough data', async () => {
    const metrics = new GatewayMetrics({ versions: ['v1', 'v2'] });
    expect(await read(metrics, 'rollout_state{state="running"}')).toBe(0);
    expect(await read(metrics, 'rollout_changes_total{to="rolled_back"}')).toBe(0);
    metrics.rollouts.last({ version: 'v2', phase: 'running', percent: 5 });
    metrics.rollouts.guardrails([
      { name: 'errors', log_e: 1.5, violated: false },
      { name: 'accuracy', log_e: null, violated: false },
    ]);
    expect(await read(metrics, 'rollout_step_percent{version="v2"}')).toBe(5);
    expect(await read(metrics, 'rollout_state{state="running"}')).toBe(1);
    expect(await read(metrics, 'rollout_guardrail_log_e{guardrail="errors"}')).toBe(1.5);
    expect(await metrics.scrape()).not.toContain('rollout_guardrail_log_e{guardrail="accuracy"}');
    metrics.rollouts.last({ version: 'v2', phase: 'rolled_back', percent: null });
    metrics.rollouts.guardrails([]);
    metrics.rollouts.changed('rolled_back');
    expect(await read(metrics, 'rollout_changes_total{to="rolled_back"}')).toBe(1);
    expect(await metrics.scrape()).not.toMatch(/rollout_(step_percent|guardrail_log_e|guardrail_violated)\{/);
  });

  it('show the release of a version while it names one', async () => {
    const metrics = new GatewayMetrics({ versions: ['v1', 'v2'] });
    expect(await metrics.scrape()).not.toContain('model_release_number{');
    metrics.releases.serves('v1', 7);
    expect(await read(metrics, 'model_release_number{version="v1"}')).toBe(7);
    metrics.releases.serves('v1', null);
    expect(await metrics.scrape()).not.toContain('model_release_number{');
  });

  it('asks for gauges only when scraped', async () => {
    const metrics = new GatewayMetrics({ versions: ['v1'] });
    metrics.beforeScrape(() => metrics.driftScore(0.25));
    expect(await read(metrics, 'model_drift_score')).toBe(0.25);
  });
});
