import { parentPort, workerData } from 'node:worker_threads';
import { type Job, run } from './job.ts';

// seeds from `from` on, every `step`-th
const { job, from, step, runs } = workerData as { job: Job; from: number; step: number; runs: number };
const results: number[][] = [];
for (let seed = from; seed < runs; seed += step) results.push(run(job, seed));
parentPort?.postMessage(results);
