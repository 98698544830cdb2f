import type { RolloutState } from '@coppice/contract';
import { LATENCY_BUCKETS, latencyBucket } from '@coppice/statistics/latency-buckets';
import { slowLimit } from '@coppice/statistics/latency-ratio';
import type { EpochCells } from '../storage/port/comparison-store.ts';

/** The kind of document that keeps, by `<period>:<baseline>`, the bucket above which an answer of the baseline is slow. */
export const SLOW_LIMIT = 'slow-limit';
const HOUR_MS = 3_600_000;
const LEAST_ANSWERS = 200;

export type SlowLimitStore = {
  get(name: string): Promise<unknown>;
  /** Returns the value that stays: the first one. */
  putOnce(name: string, value: { bucket: number }): Promise<unknown>;
  /** Answers of a version and their 95th percentile in seconds, between two times in milliseconds since the epoch. */
  latencyOf(version: string, since: number, until: number): Promise<{ answers: number; p95: number | null }>;
};

/**
 * The latency bucket of the baseline's 95th percentile in the hour before a rollout, else of its first 200 answers; fixed
 * from then on. Null before those.
 */
export async function fixedSlowLimit(
  { period, baseline, started }: Pick<RolloutState, 'period' | 'baseline' | 'started'>,
  epochs: readonly EpochCells[],
  store: SlowLimitStore,
): Promise<number | null> {
  const name = `${period}:${baseline}`;
  const kept = bucketOf(await store.get(name));
  if (kept !== null) return kept;
  const start = Date.parse(started);
  const { answers, p95 } = await store.latencyOf(baseline, start - HOUR_MS, start);
  const bucket = answers >= LEAST_ANSWERS && p95 !== null ? latencyBucket(p95) : firstAnswers(epochs, baseline);
  return bucket === null ? null : bucketOf(await store.putOnce(name, { bucket }));
}

function firstAnswers(epochs: readonly EpochCells[], baseline: string): number | null {
  const histogram = new Float64Array(LATENCY_BUCKETS);
  let answers = 0;
  for (const { latencies } of epochs) {
    const counts = latencies.find(({ version }) => version === baseline)?.counts;
    counts?.forEach((count, i) => {
      histogram[i % LATENCY_BUCKETS] = (histogram[i % LATENCY_BUCKETS] as number) + count;
      answers += count;
    });
  }
  return answers >= LEAST_ANSWERS ? slowLimit(histogram) : null;
}

function bucketOf(value: unknown): number | null {
  const { bucket } = (value ?? {}) as { bucket?: unknown };
  return typeof bucket === 'number' ? bucket : null;
}
