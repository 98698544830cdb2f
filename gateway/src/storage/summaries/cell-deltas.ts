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

  /** Counts a row of an epoch, by its assigned version. */
  addRow(epoch: number, { version, assigned, source }: Origin, row: CountedRow): void {
    if (assigned === null || !isCompared({ assigned, source })) return;
    const answered = assigned === version && !row.failed;
    if (row.first) {
      const slice = sliceOf(row.time);
      this.add(epoch, assigned, 'assigned', row.bucket, 1, 1);
      this.add(epoch, assigned, 'errors', slice, 1, answered ? 0 : 1);
      if (answered) this.#addLatency(epoch, assigned, slice, row.latencySeconds);
    }
    if (answered) this.add(epoch, assigned, 'answered', row.bucket, 1, 1);
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
    const { sums } = this.#cells.getOrInsertComputed(`${epoch} ${version} ${metric} ${against}`, () => {
      return { epoch, version, metric, against, sums: new Float64Array(3 * BUCKETS) };
    });
    sums[bucket] = (sums[bucket] as number) + n;
    sums[BUCKETS + bucket] = (sums[BUCKETS + bucket] as number) + sum;
    sums[2 * BUCKETS + bucket] = (sums[2 * BUCKETS + bucket] as number) + squares;
  }

  /** In one order everywhere, so that two gateways that add to the same cells cannot deadlock. */
  cells(): CellDelta[] {
    return inOrder(this.#cells);
  }

  latencies(): LatencyDelta[] {
    return inOrder(this.#latencies);
  }

  #addLatency(epoch: number, version: string, slice: number, seconds: number): void {
    const { counts } = this.#latencies.getOrInsertComputed(`${epoch} ${version} ${slice}`, () => {
      return { epoch, version, slice, counts: new Uint32Array(LATENCY_BUCKETS) };
    });
    const bucket = latencyBucket(seconds);
    counts[bucket] = (counts[bucket] as number) + 1;
  }
}

function inOrder<T>(deltas: Map<string, T>): T[] {
  return [...deltas.keys()].sort().map((key) => deltas.get(key) as T);
}
