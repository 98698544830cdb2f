import { describe, expect, it } from 'vitest';
import { parseMetrics } from './metrics-text.ts';
import { quantile, type Snapshot, takeSnapshot, usageOf } from './usage.ts';

const snapshot = (at: number, requests: number, more: Partial<Snapshot> = {}): Snapshot => ({
  at,
  requests,
  errors: 0,
  versions: {},
  latency: [
    [0.01, 0],
    [0.1, requests],
    [Number.POSITIVE_INFINITY, requests],
  ],
  ...more,
});

describe('usage from the counters of the gateway', () => {
  it('sums latency buckets over versions and leaves out refused bodies', () => {
    const taken = takeSnapshot(
      parseMetrics(`prediction_requests_total 10
prediction_errors_total{version="v1",reason="timeout"} 2
prediction_errors_total{version="none",reason="invalid"} 5
model_version_requests_total{version="v1"} 4
prediction_latency_seconds_bucket{le="+Inf",version="v1"} 4
prediction_latency_seconds_bucket{le="0.1",version="v1"} 3
prediction_latency_seconds_bucket{le="0.1",version="v2"} 1`),
      5,
    );
    expect(taken).toEqual({
      at: 5,
      requests: 10,
      errors: 2,
      versions: { v1: 4 },
      latency: [
        [0.1, 4],
        [Number.POSITIVE_INFINITY, 4],
      ],
    });
  });

  it('gives rates, p95 and error share between two moments', () => {
    const { points, seconds } = usageOf([snapshot(0, 100), snapshot(5000, 200, { errors: 10 })]);
    expect(seconds).toBe(5);
    expect(points[0]?.perSecond).toBe(20);
    expect(points[0]?.errors).toBeCloseTo(0.1);
    // all of the 100 lie between 10 and 100 ms; 95 % of the way by interpolation
    expect(points[0]?.p95).toBeCloseTo(95.5);
  });

  it('knows no p95 and no error share without requests', () => {
    const { points } = usageOf([snapshot(0, 100), snapshot(5000, 100)]);
    expect(points[0]).toEqual({ at: 5000, perSecond: 0, p95: null, errors: null });
  });

  it('starts again from zero when the gateway was restarted', () => {
    const { points, versions } = usageOf([
      snapshot(0, 100, { versions: { v1: 90 } }),
      snapshot(1000, 7, { versions: { v1: 6 } }),
    ]);
    expect(points[0]?.perSecond).toBe(7);
    expect(versions).toEqual([{ version: 'v1', n: 6 }]);
  });

  it('says nothing of nothing', () =>
    expect(usageOf([])).toEqual({ source: 'gateway', points: [], versions: [], seconds: 0 }));

  it('takes the last finite bound for what lies above it', () =>
    expect(
      quantile(0.99, [
        [1, 1],
        [Number.POSITIVE_INFINITY, 10],
      ]),
    ).toBe(1));
});
