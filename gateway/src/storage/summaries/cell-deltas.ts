import { BUCKETS } from '@coppice/statistics/bucketed';
import { LATENCY_BUCKETS, latencyBucket } from '@coppice/statistics/latency-buckets';
import type { CellMetric } from '../port/comparison-store.ts';
import type { Origin } from '../port/record-store.ts';

/** Sums to add to a cell: the counts of its 64 buckets, then their sums, then their sums of squares. */
export type CellDelta = { epoch: number; version: string; metric: CellMetric; against: string; sums: Float64Array };
/** Counts to add to the latencies of a time slice. */
export type LatencyDelta = { epoch: number; version: string; slice: number; counts: Uint32Array };

/** A row as the cells see it. Times in milliseconds since the epoch. */
export type CountedRow = { time: number; bucket: number; first: boolean; failed: boolean; latencySeconds: number };

const SLICE_MS = 10_000;

/** What a person tries on the page, and what a client sends to a version of its choice, says nothing about the weights. */
export function isCompared({ assigned, source }: Pick<Origin, 'assigned' | 'source'>): boolean {
  return assigned !== null && source !== 'page';
}

/** Which of the 64 time slices a moment is in: errors and slow answers come in bursts. */
export function sliceOf(time: number): number {
  return Math.floor(time / SLICE_MS) % BUCKETS;
}

/** Adds up what rows and feedback change in the cells, to be written in the same transaction. */
export class CellDeltas {
  readonly #cells = new Map<string, CellDelta>();
  readonly #latencies = new Map<string, LatencyDelta>();
  /** Of the few versions and epochs in a transaction: a look-up by text for each row costs more than all else here. */
  readonly #counts: RowCounts[] = [];

  /** Counts a row of an epoch, by its assigned version. */
  addRow(epoch: number, { version, assigned, source }: Origin, row: CountedRow): void {
    if (assigned === null || source === 'page') return;
    const counts = this.#countsOf(epoch, assigned);
    const answered = assigned === version && !row.failed;
    if (row.first) {
      const slice = sliceOf(row.time);
      increment(counts.assigned.sums, row.bucket, 1);
      increment(counts.errors.sums, slice, answered ? 0 : 1);
      if (answered) this.#addLatency(counts, slice, row.latencySeconds);
    }
    if (answered) increment(counts.answered.sums, row.bucket, 1);
  }

  /** Adds `n` observations of the value `y` to a bucket; a negative `n` takes them back. */
  add(epoch: number, version: string, metric: CellMetric, bucket: number, n: number, y: number): void {
    this.addSums(epoch, { version, metric, against: '' }, bucket, [n, n * y, n * y * y]);
  }

  addSums(
    epoch: number,
    { version, metric, against }: Pick<CellDelta, 'version' | 'metric' | 'against'>,
    bucket: number,
    [n, sum, squares]: readonly [n: number, sum: number, squares: number],
  ): void {
    const { sums } = this.#cell(epoch, version, metric, against);
    sums[bucket] = (sums[bucket] as number) + n;
    sums[BUCKETS + bucket] = (sums[BUCKETS + bucket] as number) + sum;
    sums[2 * BUCKETS + bucket] = (sums[2 * BUCKETS + bucket] as number) + squares;
  }

  /** In one order everywhere, so that two gateways that add to the same cells cannot deadlock. */
  cells(): CellDelta[] {
    // a version that answered nothing has no cell of answers
    return inOrder(this.#cells).filter(({ sums }) => sums.some((value) => value !== 0));
  }

  latencies(): LatencyDelta[] {
    return inOrder(this.#latencies);
  }

  #cell(epoch: number, version: string, metric: CellMetric, against: string): CellDelta {
    return this.#cells.getOrInsertComputed(`${epoch} ${version} ${metric} ${against}`, () => {
      return { epoch, version, metric, against, sums: new Float64Array(3 * BUCKETS) };
    });
  }

  #countsOf(epoch: number, version: string): RowCounts {
    for (const known of this.#counts) if (known.epoch === epoch && known.version === version) return known;
    const counts: RowCounts = {
      ...{ epoch, version, latency: null },
      assigned: this.#cell(epoch, version, 'assigned', ''),
      errors: this.#cell(epoch, version, 'errors', ''),
      answered: this.#cell(epoch, version, 'answered', ''),
    };
    this.#counts.push(counts);
    return counts;
  }

  #addLatency(of: RowCounts, slice: number, seconds: number): void {
    if (of.latency?.slice !== slice) of.latency = this.#latency(of, slice);
    const { counts } = of.latency;
    const bucket = latencyBucket(seconds);
    counts[bucket] = (counts[bucket] as number) + 1;
  }

  #latency({ epoch, version }: RowCounts, slice: number): LatencyDelta {
    return this.#latencies.getOrInsertComputed(`${epoch} ${version} ${slice}`, () => {
      return { epoch, version, slice, counts: new Uint32Array(LATENCY_BUCKETS) };
    });
  }
}

/** What rows of a version in an epoch count in, with the latencies of the slice that the last one was in. */
type RowCounts = Record<'assigned' | 'errors' | 'answered', CellDelta> & {
  epoch: number;
  version: string;
  latency: LatencyDelta | null;
};

/** Adds one observation of 0 or 1. */
function increment(sums: Float64Array, bucket: number, y: 0 | 1): void {
  sums[bucket] = (sums[bucket] as number) + 1;
  if (y === 0) return;
  sums[BUCKETS + bucket] = (sums[BUCKETS + bucket] as number) + 1;
  sums[2 * BUCKETS + bucket] = (sums[2 * BUCKETS + bucket] as number) + 1;
}

function inOrder<T>(deltas: Map<string, T>): T[] {
  return [...deltas.keys()].sort().map((key) => deltas.get(key) as T);
}
