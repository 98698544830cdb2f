import { LATENCY_BUCKETS, latencyBucket } from '@coppice/statistics/latency-buckets';
import { RESOLUTIONS } from './cover-period.ts';
import { ERROR_BUCKET } from './performance-report.ts';

const SLOTS = LATENCY_BUCKETS + 1;
const MINUTE = RESOLUTIONS[RESOLUTIONS.length - 1] as number;

const bucketOf = (slot: number) => (slot === 0 ? ERROR_BUCKET : slot - 1);
/*
 * One order everywhere, so that two gateways that add to the same rows cannot deadlock; that of the rows' keys as text, as
 * gateways of before, which may run at the same time, have it.
 */
const inTextOrder = (a: number, b: number) => (`${a} ` < `${b} ` ? -1 : 1);
const RESOLUTIONS_IN_ORDER = RESOLUTIONS.toSorted(inTextOrder);
const SLOTS_IN_ORDER = [...Array(SLOTS).keys()].sort((a, b) => inTextOrder(bucketOf(a), bucketOf(b)));

/** Rows by version and slot. */
type Counts = Map<string, Uint32Array>;
type Origin = { version: string; source: 'api' | 'page' | null };
export type SummaryDelta = { resolution: number; start: number; version: string; bucket: number; n: number };

/** Counts written rows by minute, version and latency bucket, to be added to the summaries in the same transaction. */
export class SummaryDeltas {
  readonly #minutes = new Map<number, Counts>();
  /** Of the minute that the last row was in. */
  #counts: Counts = new Map();
  #minute = Number.NaN;

  /** What a visitor tries on the page is no traffic, and does not count. */
  add(time: number, { version, source }: Origin, latencySeconds: number, failed: boolean): void {
    if (source === 'page') return;
    const slot = failed ? 0 : latencyBucket(latencySeconds) + 1;
    if (!(time >= this.#minute && time < this.#minute + MINUTE)) this.#turnTo(Math.floor(time / MINUTE) * MINUTE);
    const counts = countsOf(this.#counts, version);
    counts[slot] = (counts[slot] as number) + 1;
  }

  /** Increments at each resolution. */
  list(): SummaryDelta[] {
    const deltas: SummaryDelta[] = [];
    for (const resolution of RESOLUTIONS_IN_ORDER)
      for (const [start, counts] of this.#steps(resolution)) {
        const versions = [...counts.keys()].sort();
        for (const slot of SLOTS_IN_ORDER)
          for (const version of versions) {
            const n = (counts.get(version) as Uint32Array)[slot] as number;
            if (n > 0) deltas.push({ resolution, start, version, bucket: bucketOf(slot), n });
          }
      }
    return deltas;
  }

  /** Counts by steps of a resolution, in their order. */
  #steps(resolution: number): [start: number, Counts][] {
    const steps = new Map<number, Counts>();
    for (const [minute, counts] of this.#minutes) {
      const start = Math.floor(minute / resolution) * resolution;
      const others = steps.get(start);
      steps.set(start, others ? sumOf(others, counts) : counts);
    }
    return [...steps].sort(([a], [b]) => a - b);
  }

  #turnTo(minute: number): void {
    this.#minute = minute;
    this.#counts = this.#minutes.getOrInsertComputed(minute, () => new Map());
  }
}

function countsOf(counts: Counts, version: string): Uint32Array {
  return counts.getOrInsertComputed(version, () => new Uint32Array(SLOTS));
}

function sumOf(one: Counts, other: Counts): Counts {
  const sum: Counts = new Map();
  for (const counts of [one, other])
    for (const [version, ns] of counts) {
      const of = countsOf(sum, version);
      for (let slot = 0; slot < SLOTS; slot++) of[slot] = (of[slot] as number) + (ns[slot] as number);
    }
  return sum;
}
