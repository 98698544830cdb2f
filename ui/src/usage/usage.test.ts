import type { TimelineReport } from '@coppice/contract';
import { describe, expect, it } from 'vitest';
import { parseMetrics } from './metrics-text.ts';
import { joinUsage, quantile, type Snapshot, snapshotOf, takeSnapshot, usageOf, usageOfMinutes } from './usage.ts';

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
  it('sums latency buckets over versions and skips invalid requests', () => {
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

  it('has rates, p95 and error share between two moments', () => {
    const { points, seconds } = usageOf([snapshot(0, 100), snapshot(5000, 200, { errors: 10 })]);
    expect(seconds).toBe(5);
    expect(points[0]?.perSecond).toBe(20);
    expect(points[0]?.errors).toBeCloseTo(0.1);
    // all of the 100 lie between 10 and 100 ms; 95 % of the way by interpolation
    expect(points[0]?.p95).toBeCloseTo(95.5);
  });

  it('has no p95 and no error share without requests', () => {
    const { points } = usageOf([snapshot(0, 100), snapshot(5000, 100)]);
    expect(points[0]).toEqual({ at: 5000, perSecond: 0, p95: null, errors: null });
  });

  it('starts again from zero after a restart of the gateway', () => {
    const { points, versions } = usageOf([
      snapshot(0, 100, { versions: { v1: 90 } }),
      snapshot(1000, 7, { versions: { v1: 6 } }),
    ]);
    expect(points[0]?.perSecond).toBe(7);
    expect(versions).toEqual([{ version: 'v1', n: 6 }]);
  });

  it('has the minutes of the record before, as long as they are in the period', () => {
    const time = (minute: number) => new Date(minute * 60_000).toISOString();
    const point = (minute: number, n: number, errors = 0) => ({
      ...{ time: time(minute), n, errors, p95_ms: 9, feedback: 0, correct: 0 },
    });
    const timeline: TimelineReport = {
      ...{ since: time(0), until: time(4), step: 'minute', changes: [] },
      versions: [
        { version: 'v1', points: [point(0, 600), point(1, 120, 30)] },
        { version: 'v2', points: [point(1, 180), point(3, 60)] },
      ],
    };
    const now = usageOf([snapshot(240_000, 0), snapshot(250_000, 100, { versions: { v2: 100 } })]);
    const { points, versions, seconds } = joinUsage(usageOfMinutes(timeline, 1, 210_000), now);
    expect(points.map(({ at, perSecond, errors }) => [at / 1000, perSecond, errors])).toEqual([
      [120, 5, 0.1],
      [180, 0, null],
      // half of the last minute
      [210, 2, 0],
      [250, 10, 0],
    ]);
    expect(versions).toEqual([
      { version: 'v1', n: 120 },
      { version: 'v2', n: 340 },
    ]);
    expect(seconds).toBe(160);
  });

  it('takes the counters of an event', () => {
    const latency: [number | null, number][] = [
      [0.1, 3],
      [null, 4],
    ];
    expect(snapshotOf({ requests: 5, errors: 1, versions: { v1: 4 }, latency }, 9)).toEqual({
      ...{ at: 9, requests: 5, errors: 1, versions: { v1: 4 } },
      latency: [
        [0.1, 3],
        [Number.POSITIVE_INFINITY, 4],
      ],
    });
  });

  it('is empty without snapshots', () => expect(usageOf([])).toEqual({ points: [], versions: [], seconds: 0 }));

  it('uses the last finite bound for values above it', () =>
    expect(
      quantile(0.99, [
        [1, 1],
        [Number.POSITIVE_INFINITY, 10],
      ]),
    ).toBe(1));
});
