import { type Sample, total } from './metrics-text.ts';

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

/** `p95` in milliseconds; null where nothing was answered. `errors`: share of requests, 0–1. */
export type UsagePoint = { at: number; perSecond: number; p95: number | null; errors: number | null };

export type Usage = {
  source: 'Prometheus' | 'gateway';
  points: UsagePoint[];
  /** Requests of each version over the time shown. */
  versions: { version: string; n: number }[];
  /** Seconds that the points span. */
  seconds: number;
};

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
  return { source: 'gateway', points, versions, seconds: first && last ? (last.at - first.at) / 1000 : 0 };
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
