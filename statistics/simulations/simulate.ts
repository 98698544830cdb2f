import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Job } from './job.ts';

/** Runs a job with seeds 0 up to `runs` on all processors. One array per column of its result, in no order. */
export async function simulate(job: Job, runs: number): Promise<number[][]> {
  const step = Math.min(runs, availableParallelism());
  const parts = await Promise.all(
    Array.from({ length: step }, async (_, from) => {
      const worker = new Worker(new URL('./simulate-worker.ts', import.meta.url), {
        workerData: { job, from, step, runs },
      });
      const [results] = (await once(worker, 'message')) as [number[][]];
      return results;
    }),
  );
  const all = parts.flat();
  return (all[0] ?? []).map((_, column) => all.map((one) => one[column] as number));
}

/** The share of runs in which something happened: a value other than 0. */
export function shareOf(values: readonly number[]): number {
  return values.filter((value) => value !== 0).length / values.length;
}

/** The quantile of the rows until something happened; Infinity where it did in fewer runs. */
export function rowsUntil(values: readonly number[], quantile: number): number {
  const sorted = values.map((n) => (n === 0 ? Number.POSITIVE_INFINITY : n)).sort((a, b) => a - b);
  return sorted[Math.ceil(quantile * sorted.length) - 1] as number;
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

/** Three standard errors of a mean. */
export function threeErrors(values: readonly number[]): number {
  const mean = meanOf(values);
  return 3 * Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2)) / values.length);
}

/** A share that `runs` runs exceed only by chance beyond three standard errors, when it is `share` in truth. */
export function atMost(share: number, runs: number): number {
  return share + 3 * Math.sqrt((share * (1 - share)) / runs);
}
