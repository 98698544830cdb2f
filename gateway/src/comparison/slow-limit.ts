import { totalOf } from '@coppice/statistics/bucketed';
import { LATENCY_BUCKETS, latencyBucket, PER_OCTAVE } from '@coppice/statistics/latency-buckets';
import { slowLimit } from '@coppice/statistics/latency-ratio';
import type { Storage } from '../storage/open-storage.ts';
import type { EpochCells } from '../storage/port/comparison-store.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const KIND = 'slow-limit';
/** A 95th percentile of fewer answers is a guess. */
const LEAST_ANSWERS = 200;

type Links = Pick<Storage, 'writer' | 'reader'>;

/**
 * The latency bucket whose upper edge is L of the metric `slow`, kept once for the comparison that begins with a period: the
 * baseline's 95th percentile in the hour before, else of its first 200 answers. Null until it has so many. Rejects with
 * `StorageUnavailableError`.
 */
export async function keptSlowLimit(
  { writer, reader }: Links,
  { period, baseline }: { period: number; baseline: string },
  epochs: readonly EpochCells[],
): Promise<number | null> {
  const name = `${period}:${baseline}`;
  const kept = bucketIn(await writer.call('documents', 'get', [KIND, name]));
  if (kept !== null) return kept;
  const bucket = (await hourBefore(reader, period, baseline)) ?? firstAnswers(epochs, baseline);
  return bucket === null ? null : bucketIn(await writer.call('documents', 'put', [KIND, name, { bucket }, true]));
}

/** The upper edge of a latency bucket in milliseconds. */
export function limitMs(bucket: number): number {
  return 1e-3 * 2 ** ((bucket + 1) / PER_OCTAVE);
}

async function hourBefore(reader: Links['reader'], period: number, baseline: string): Promise<number | null> {
  // whole minutes, as the record has them, and nothing of the period itself
  const until = Math.floor(period / MINUTE) * MINUTE;
  if (until < HOUR) return null;
  const { versions } = await reader.call('history', 'performance', [until - HOUR, until, []]);
  const before = versions.find(({ version }) => version === baseline);
  if (!before?.latency_ms || before.n - before.errors < LEAST_ANSWERS) return null;
  return latencyBucket(before.latency_ms.p95 / 1000);
}

function firstAnswers(epochs: readonly EpochCells[], baseline: string): number | null {
  const sum = new Float64Array(LATENCY_BUCKETS);
  for (const { latencies } of epochs)
    for (const { version, counts } of latencies)
      if (version === baseline)
        for (let i = 0; i < counts.length; i++)
          sum[i % LATENCY_BUCKETS] = (sum[i % LATENCY_BUCKETS] as number) + (counts[i] as number);
  return totalOf(sum) < LEAST_ANSWERS ? null : slowLimit(sum);
}

function bucketIn(value: unknown): number | null {
  const { bucket } = (value ?? {}) as { bucket?: unknown };
  return typeof bucket === 'number' && bucket >= 0 && bucket < LATENCY_BUCKETS ? bucket : null;
}
