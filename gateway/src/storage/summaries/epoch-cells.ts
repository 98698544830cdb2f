import { BUCKETS } from '@coppice/statistics/bucketed';
import { LATENCY_BUCKETS } from '@coppice/statistics/latency-buckets';
import type { CellMetric, EpochCells, LatencyCells } from '../port/comparison-store.ts';

export type EpochRow = {
  id: number;
  period: number;
  weights: string;
  releases: string;
  started: number;
  updated: number;
};
export type CellRow = { epoch: number; version: string; metric: string; against: string; sums: Float64Array };
export type LatencyRow = { epoch: number; version: string; slice: number; counts: Uint32Array };

/** Puts the rows of the three tables together, in the order of the epochs. */
export function epochCells(
  epochs: readonly EpochRow[],
  cells: readonly CellRow[],
  latencies: readonly LatencyRow[],
): EpochCells[] {
  const found = new Map<number, EpochCells>(
    epochs.map(({ weights, releases, ...epoch }) => [
      epoch.id,
      { ...epoch, weights: JSON.parse(weights), releases: JSON.parse(releases), cells: [], latencies: [] },
    ]),
  );
  for (const { epoch, version, metric, against, sums } of cells)
    found.get(epoch)?.cells.push({
      ...{ version, metric: metric as CellMetric, against },
      n: sums.subarray(0, BUCKETS),
      sum: sums.subarray(BUCKETS, 2 * BUCKETS),
      squares: sums.subarray(2 * BUCKETS),
    });
  for (const { epoch, version, slice, counts } of latencies) {
    const all = found.get(epoch)?.latencies;
    if (all) latenciesOf(version, all).counts.set(counts, slice * LATENCY_BUCKETS);
  }
  return [...found.values()];
}

function latenciesOf(version: string, all: LatencyCells[]): LatencyCells {
  const known = all.find((one) => one.version === version);
  if (known) return known;
  const added = { version, counts: new Uint32Array(BUCKETS * LATENCY_BUCKETS) };
  all.push(added);
  return added;
}
