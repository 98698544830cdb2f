import { parentPort, workerData } from 'node:worker_threads';
import { rowOf, type Table } from '../table/table.ts';
import { useFastSplits } from './fast-split.ts';
import { drawFor } from './feature-draw.ts';
import { type ForestOptions, RandomForestClassifier } from './library-forest.ts';

export type WorkerInput = { table: Pick<Table, 'features' | 'values' | 'labels'>; trainRows: number[] };
export type TreeJob = { job: number; options: ForestOptions };
/** `model` is ml-random-forest's own JSON of a forest of this one tree. */
export type TreeDone = { job: number; model: string };

if (parentPort) {
  const port = parentPort;
  const { table, trainRows }: WorkerInput = workerData;
  const rows = trainRows.map((row) => rowOf(table, row));
  const labels = trainRows.map((row) => table.labels[row] as number);
  port.on('message', ({ job, options }: TreeJob) => {
    const forest = new RandomForestClassifier(options);
    const undo = useFastSplits(drawFor(options));
    forest.train(rows, labels);
    undo();
    port.postMessage({ job, model: JSON.stringify(forest) } satisfies TreeDone);
  });
}
