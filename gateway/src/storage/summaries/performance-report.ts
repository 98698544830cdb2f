import type { PerformanceFigures } from '@coppice/contract';
import { LATENCY_BUCKETS, latencyQuantile } from '@coppice/statistics/latency-buckets';
import { wilsonInterval } from '@coppice/statistics/wilson-interval';

/** `bucket` -1 holds failed predictions. */
export type LatencyCount = { version: string; bucket: number; n: number };
export type ConfusionCount = { version: string; predicted: string; actual: string; n: number };
export const ERROR_BUCKET = -1;

/** Makes the report from the summed counts of a period; classes that the model card does not name come last. */
export function performanceReport(
  { since, until }: { since: number; until: number },
  latencies: readonly LatencyCount[],
  confusions: readonly ConfusionCount[],
  cardClasses: readonly string[],
): PerformanceFigures {
  const classes = [...new Set([...cardClasses, ...confusions.flatMap((count) => [count.actual, count.predicted])])];
  const versions = [...new Set([...latencies, ...confusions].map((count) => count.version))].sort(byNumber);
  return {
    since: new Date(since).toISOString(),
    until: new Date(until).toISOString(),
    classes,
    versions: versions.map((version) => ({
      version,
      ...traffic(latencies.filter((count) => count.version === version)),
      ...agreement(
        confusions.filter((count) => count.version === version),
        classes,
      ),
    })),
  };
}

function traffic(counts: readonly LatencyCount[]) {
  const buckets = new Float64Array(LATENCY_BUCKETS);
  let errors = 0;
  for (const { bucket, n } of counts) {
    if (bucket === ERROR_BUCKET) errors += n;
    else buckets[bucket] = (buckets[bucket] as number) + n;
  }
  const answered = buckets.reduce((sum, n) => sum + n, 0);
  const quantile = (q: number) => Math.round((latencyQuantile(buckets, q) as number) * 1e6) / 1e3;
  return {
    n: answered + errors,
    errors,
    latency_ms: answered === 0 ? null : { p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99) },
  };
}

function agreement(counts: readonly ConfusionCount[], classes: readonly string[]) {
  const confusion = classes.map(() => classes.map(() => 0));
  let feedback = 0;
  let correct = 0;
  for (const { actual, predicted, n } of counts) {
    const row = confusion[classes.indexOf(actual)] as number[];
    const column = classes.indexOf(predicted);
    row[column] = (row[column] as number) + n;
    feedback += n;
    if (actual === predicted) correct += n;
  }
  const accuracy = feedback === 0 ? null : { value: correct / feedback, interval: wilsonInterval(correct, feedback) };
  return { feedback, correct, accuracy, confusion };
}

function byNumber(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
