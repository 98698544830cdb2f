import { parentPort, workerData } from 'node:worker_threads';
import { type GrownTree, type GrowthRows, growTree } from './grow-tree.ts';
import type { ForestOptions } from './library-forest.ts';

export type WorkerInput = {
  rows: GrowthRows;
  trainRows: Int32Array<SharedArrayBuffer>;
};
export type TreeJob = { job: number; options: ForestOptions };
export type TreeDone = { job: number; tree: GrownTree };

if (parentPort) {
  const port = parentPort;
  const { rows, trainRows }: WorkerInput = workerData;
  port.on('message', ({ job, options }: TreeJob) => {
    port.postMessage({ job, tree: growTree(rows, trainRows, options) } satisfies TreeDone);
  });
}
