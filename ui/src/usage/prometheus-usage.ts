import { instant, range, type Series } from '../gateway/prometheus.ts';
import type { Usage } from './usage.ts';

/** The usage of the last `seconds`. */
export async function prometheusUsage(seconds: number, signal?: AbortSignal): Promise<Usage> {
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
