import type { TimelineReport, UsageCounters } from '@coppice/contract';
import { type Sample, total } from './metrics-text.ts';

const MINUTE_MS = 60_000;

/** Counters of the gateway at one moment. */
export type Snapshot = {
  /** Milliseconds since the epoch. */
  at: number;
  requests: number;
  errors: number;
  versions: Record<string, number>;
  /** Cumulative count by upper bound in seconds, all versions together, ascending. */
  latency: [bound: number, count: number][];
};

/** `p95` in milliseconds; null without answers. `errors`: share of requests, 0–1. */
export type UsagePoint = { at: number; perSecond: number; p95: number | null; errors: number | null };

export type Usage = {
  points: UsagePoint[];
  /** Requests of each version over the time shown. */
  versions: { version: string; n: number }[];
  /** Seconds that the points span. */
  seconds: number;
};

/** Of the counters that the gateway's events bring. */
export function snapshotOf({ requests, errors, versions, latency }: UsageCounters, at: number): Snapshot {
  const bounds = latency.map(([bound, n]): [number, number] => [bound ?? Number.POSITIVE_INFINITY, n]);
  return { at, requests, errors, versions, latency: bounds };
}

/**
 * The usage by the minute from a time on until another, when the last minute is not over yet, as the record has it. Latency
 * has no common quantile over versions there.
 */
export function usageOfMinutes({ since, versions: all }: TimelineReport, earliest: number, to: number): Usage {
  const from = Math.min(to, Math.max(Date.parse(since), Math.ceil(earliest / MINUTE_MS) * MINUTE_MS));
  const versions = all.map(({ version, points }) => ({
    version,
    points: points.filter(({ time }) => Date.parse(time) >= from),
  }));
  const minutes = new Map<number, { n: number; errors: number }>();
  for (const { points } of versions)
    for (const { time, n, errors } of points) {
      const known = minutes.get(Date.parse(time)) ?? { n: 0, errors: 0 };
      minutes.set(Date.parse(time), { n: known.n + n, errors: known.errors + errors });
    }
  const starts = Array.from({ length: Math.ceil((to - from) / MINUTE_MS) }, (_, i) => from + i * MINUTE_MS);
  return {
    points: starts.map((start) => {
      const { n, errors } = minutes.get(start) ?? { n: 0, errors: 0 };
      const end = Math.min(start + MINUTE_MS, to);
      const seconds = Math.max(1, (end - start) / 1000);
      return { at: end, perSecond: n / seconds, p95: null, errors: n === 0 ? null : errors / n };
    }),
    versions: versions.map(({ version, points }) => ({ version, n: points.reduce((sum, { n }) => sum + n, 0) })),
    seconds: (to - from) / 1000,
  };
}

/** One usage after the other. */
export function joinUsage(before: Usage, after: Usage): Usage {
  const counts = new Map(before.versions.map(({ version, n }) => [version, n]));
  for (const { version, n } of after.versions) counts.set(version, (counts.get(version) ?? 0) + n);
  return {
    points: [...before.points, ...after.points],
    versions: [...counts].map(([version, n]) => ({ version, n })),
    seconds: before.seconds + after.seconds,
  };
}

export function takeSnapshot(samples: readonly Sample[], at: number): Snapshot {
  const versions: Record<string, number> = {};
  const latency = new Map<number, number>();
  for (const { name, labels, value } of samples) {
    if (name === 'model_version_requests_total' && labels.version) versions[labels.version] = value;
    if (name === 'prediction_latency_seconds_bucket') {
      const bound = labels.le === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels.le);
      latency.set(bound, (latency.get(bound) ?? 0) + value);
    }
  }
  return {
    at,
    requests: total(samples, 'prediction_requests_total'),
    errors: total(samples, 'prediction_errors_total', ({ reason }) => reason !== 'invalid'),
    versions,
    latency: [...latency].sort(([a], [b]) => a - b),
  };
}

/** The usage between snapshots, oldest first; a counter that has fallen (a restart) started again from zero. */
export function usageOf(snapshots: readonly Snapshot[]): Usage {
  const points = snapshots.slice(1).map((after, i) => between(snapshots[i] as Snapshot, after));
  const [first, last] = [snapshots[0], snapshots.at(-1)];
  const versions = Object.keys(last?.versions ?? {}).map((version) => ({
    version,
    n: snapshots
      .slice(1)
      .reduce((sum, after, i) => sum + rise(snapshots[i]?.versions[version] ?? 0, after.versions[version] ?? 0), 0),
  }));
  return { points, versions, seconds: first && last ? (last.at - first.at) / 1000 : 0 };
}

function between(before: Snapshot, after: Snapshot): UsagePoint {
  const requests = rise(before.requests, after.requests);
  const counts = new Map(before.latency);
  const latency = after.latency.map(([bound, n]): [number, number] => [bound, rise(counts.get(bound) ?? 0, n)]);
  const p95 = quantile(0.95, latency);
  return {
    at: after.at,
    perSecond: requests / Math.max(0.001, (after.at - before.at) / 1000),
    p95: p95 === null ? null : p95 * 1000,
    errors: requests === 0 ? null : rise(before.errors, after.errors) / requests,
  };
}

/**
 * The quantile of a cumulative histogram by linear interpolation inside its bucket, as Prometheus' `histogram_quantile`
 * does; null without observations.
 */
export function quantile(q: number, cumulative: readonly [bound: number, count: number][]): number | null {
  const all = cumulative.at(-1)?.[1] ?? 0;
  if (all === 0) return null;
  const rank = q * all;
  const i = cumulative.findIndex(([, n]) => n >= rank);
  const [bound, n] = cumulative[i] as [number, number];
  const [lower, below] = cumulative[i - 1] ?? [0, 0];
  return Number.isFinite(bound) ? lower + (bound - lower) * ((rank - below) / (n - below || 1)) : lower;
}

const rise = (before: number, after: number) => (after >= before ? after - before : after);
