/** Buckets per doubling: one is 4.4 % wide, so that its middle is at most 2.2 % from any latency in it. */
export const PER_OCTAVE = 16;
const FLOOR_SECONDS = 1e-6;
/** Up to 1 µs × 2³⁰, which is 18 minutes. */
export const LATENCY_BUCKETS = 30 * PER_OCTAVE;

/** The log-spaced bucket of a latency in seconds: 0 up to 1 µs, the last from 18 minutes on. */
export function latencyBucket(seconds: number): number {
  const bucket = Math.floor(Math.log2(seconds / FLOOR_SECONDS) * PER_OCTAVE);
  return bucket > 0 ? Math.min(bucket, LATENCY_BUCKETS - 1) : 0;
}

/**
 * A quantile (0–1) in seconds from bucket counts, by the nearest-rank rule; the bucket's geometric middle, hence within
 * 2.2 % of the exact value. Null when all are 0.
 */
export function latencyQuantile(counts: ArrayLike<number>, quantile: number): number | null {
  let total = 0;
  for (let bucket = 0; bucket < counts.length; bucket++) total += counts[bucket] as number;
  if (total === 0) return null;
  let left = Math.max(1, Math.ceil(quantile * total));
  let bucket = 0;
  for (; left > (counts[bucket] as number); bucket++) left -= counts[bucket] as number;
  return FLOOR_SECONDS * 2 ** ((bucket + 0.5) / PER_OCTAVE);
}

/** Latencies in constant memory. */
export class LatencyBuckets {
  readonly #counts = new Float64Array(LATENCY_BUCKETS);

  /** In seconds. */
  add(seconds: number): void {
    const bucket = latencyBucket(seconds);
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1;
  }

  /** The quantile `share` (0–1) in seconds, within 2.2 % of the exact one; null while there are no latencies. */
  quantile(share: number): number | null {
    return latencyQuantile(this.#counts, share);
  }
}
