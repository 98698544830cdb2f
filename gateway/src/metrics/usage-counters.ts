import type { UsageCounters } from '@coppice/contract';
import type { Registry } from 'prom-client';
import { METRICS } from './metric-names.ts';

type Values = { values: { value: number; labels: Partial<Record<string, string | number>>; metricName?: string }[] };

/** What the page shows of the metrics, in a hundredth of their text. */
export async function usageCounters(registry: Registry): Promise<UsageCounters> {
  const valuesOf = async (name: string) =>
    ((await registry.getSingleMetric(name)?.get()) as Values | undefined)?.values ?? [];
  const [requests, errors, versions, latency] = await Promise.all(
    [METRICS.requests, METRICS.errors, METRICS.versionRequests, METRICS.latency].map(valuesOf),
  );
  const sum = (values: Values['values'] = []) => values.reduce((total, { value }) => total + value, 0);
  const bounds = new Map<number | null, number>();
  for (const { metricName, labels, value } of latency ?? [])
    if (metricName?.endsWith('_bucket')) {
      const bound = labels.le === '+Inf' ? null : Number(labels.le);
      bounds.set(bound, (bounds.get(bound) ?? 0) + value);
    }
  return {
    requests: sum(requests),
    errors: sum(errors?.filter(({ labels }) => labels.reason !== 'invalid')),
    versions: Object.fromEntries((versions ?? []).map(({ labels, value }) => [String(labels.version), value])),
    latency: [...bounds],
  };
}
