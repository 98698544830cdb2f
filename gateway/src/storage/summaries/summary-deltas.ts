import { LATENCY_BUCKETS, latencyBucket } from '@coppice/statistics/latency-buckets';
import { RESOLUTIONS } from './cover-period.ts';
import { ERROR_BUCKET } from './performance-report.ts';

const SLOTS = LATENCY_BUCKETS + 1;
const MINUTE = RESOLUTIONS[RESOLUTIONS.length - 1] as number;

type Origin = { version: string; source: 'api' | 'page' | null };
export type SummaryDelta = { resolution: number; start: number; version: string; bucket: number; n: number };

/** Counts written rows by minute, version and latency bucket, to be added to the summaries in the same transaction. */
export class SummaryDeltas {
  readonly #minutes = new Map<number, Map<string, Uint32Array>>();

  /** What a visitor tries on the page is no traffic, and does not count. */
  add(time: number, { version, source }: Origin, latencySeconds: number, failed: boolean): void {
    if (source === 'page') return;
    const slot = failed ? 0 : latencyBucket(latencySeconds) + 1;
    const counts = this.#counts(Math.floor(time / MINUTE) * MINUTE, version);
    counts[slot] = (counts[slot] as number) + 1;
  }

  /** Increments at each resolution. */
  list(): SummaryDelta[] {
    const deltas = new Map<string, SummaryDelta>();
    for (const [minute, versions] of this.#minutes)
      for (const [version, counts] of versions)
        for (let slot = 0; slot < SLOTS; slot++) {
          const n = counts[slot] as number;
          if (n === 0) continue;
          for (const resolution of RESOLUTIONS) {
            const start = Math.floor(minute / resolution) * resolution;
            const bucket = slot === 0 ? ERROR_BUCKET : slot - 1;
            const key = `${resolution} ${start} ${bucket} ${version}`;
            const known = deltas.get(key);
            if (known) known.n += n;
            else deltas.set(key, { resolution, start, version, bucket, n });
          }
        }
    // one order everywhere, so that two gateways that add to the same rows cannot deadlock
    return [...deltas.keys()].sort().map((key) => deltas.get(key) as SummaryDelta);
  }

  #counts(minute: number, version: string): Uint32Array {
    const versions = this.#minutes.getOrInsertComputed(minute, () => new Map<string, Uint32Array>());
    return versions.getOrInsertComputed(version, () => new Uint32Array(SLOTS));
  }
}
