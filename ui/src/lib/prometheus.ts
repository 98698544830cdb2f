import { api } from './api.ts';
import type { Usage } from './usage.ts';

type Series = { metric: Record<string, string>; values: [seconds: number, value: string][] };
type Instant = { metric: Record<string, string>; value: [seconds: number, value: string] };
export type Alert = {
  labels: Record<string, string>;
  annotations: Record<string, string>;
  state: 'firing' | 'pending';
  activeAt: string;
};
export type Target = { labels: Record<string, string>; scrapeUrl: string; health: string; lastError: string };

/** The queries that a person on call asks first, as the Ops route shows them. */
export const usefulQueries = [
  { title: 'Requests per second', unit: '/s', query: 'sum(rate(prediction_requests_total[1m]))' },
  {
    title: 'Share of each version, 5 min',
    unit: 'share',
    query:
      'sum by (version) (rate(model_version_requests_total[5m])) / on() group_left() sum(rate(model_version_requests_total[5m]))',
  },
  {
    title: 'p95 latency by version, 5 min',
    unit: 's',
    query: 'histogram_quantile(0.95, sum by (le, version) (rate(prediction_latency_seconds_bucket[5m])))',
  },
  {
    title: 'Error share, 5 min',
    unit: 'share',
    query: 'sum(rate(prediction_errors_total{reason!="invalid"}[5m])) / sum(rate(prediction_requests_total[5m]))',
  },
  { title: 'Drift score', unit: '', query: 'model_drift_score' },
  {
    title: 'Failovers by version, 1 h',
    unit: '',
    query: 'sum by (from, to) (increase(prediction_failovers_total[1h]))',
  },
  {
    title: 'Feedback that agrees, 1 h',
    unit: 'share',
    query:
      'sum by (version) (increase(feedback_total{correct="true"}[1h])) / sum by (version) (increase(feedback_total[1h]))',
  },
] as const;

export async function instant(query: string, signal?: AbortSignal): Promise<Instant[]> {
  return (await api.prometheus<{ result: Instant[] }>('query', { query }, { signal })).result;
}

/** A query over the last `seconds`: a point for each scrape of 10 s, up to 360 points. */
export async function range(query: string, seconds: number, signal?: AbortSignal): Promise<Series[]> {
  const end = Math.floor(Date.now() / 1000);
  const step = Math.max(10, Math.round(seconds / 360));
  const parameters = { query, start: String(end - seconds), end: String(end), step: String(step) };
  return (await api.prometheus<{ result: Series[] }>('query_range', parameters, { signal })).result;
}

export const alerts = (signal?: AbortSignal) =>
  api.prometheus<{ alerts: Alert[] }>('alerts', {}, { signal }).then((data) => data.alerts);
export const targets = (signal?: AbortSignal) =>
  api
    .prometheus<{ activeTargets: Target[] }>('targets', { state: 'active' }, { signal })
    .then((data) => data.activeTargets);

/** The usage of the last `seconds`. */
export async function usage(seconds: number, signal?: AbortSignal): Promise<Usage> {
  const [rates, latencies, errors, counts] = await Promise.all([
    range('sum(rate(prediction_requests_total[1m]))', seconds, signal),
    range('histogram_quantile(0.95, sum by (le) (rate(prediction_latency_seconds_bucket[1m])))', seconds, signal),
    range(
      '(sum(rate(prediction_errors_total{reason!="invalid"}[1m])) or vector(0)) / sum(rate(prediction_requests_total[1m]))',
      seconds,
      signal,
    ),
    instant(`sum by (version) (increase(model_version_requests_total[${seconds}s]))`, signal),
  ]);
  const p95 = byTime(latencies[0]);
  const share = byTime(errors[0]);
  const points = (rates[0]?.values ?? []).map(([at, value]) => ({
    at: at * 1000,
    perSecond: Number(value),
    p95: finite((p95.get(at) ?? Number.NaN) * 1000),
    errors: finite(share.get(at) ?? Number.NaN),
  }));
  const versions = counts.map(({ metric, value }) => ({
    version: metric.version ?? '',
    n: Math.round(Number(value[1])),
  }));
  return { source: 'Prometheus', points, versions: versions.toSorted(byVersion), seconds };
}

const byTime = (series: Series | undefined) =>
  new Map((series?.values ?? []).map(([at, value]) => [at, Number(value)]));
const finite = (value: number) => (Number.isFinite(value) ? value : null);
const byVersion = (a: { version: string }, b: { version: string }) =>
  a.version.localeCompare(b.version, 'en', { numeric: true });
