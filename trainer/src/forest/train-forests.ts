import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { treeSeeds } from '../sampling/random.ts';
import type { Table } from '../table/table.ts';
import type { ForestOptions, LibraryModel } from './library-forest.ts';
import type { TreeDone, TreeJob, WorkerInput } from './tree-worker.ts';

type Options = { workers?: number; onTree?: (done: number) => void };

/**
 * Trains forests on the same rows, tree by tree in worker threads. The seed of every tree is known beforehand, so the
 * number of workers changes nothing. With `featuresPerSplit: 'all'` each comes out as ml-random-forest's `train` would
 * make it from the same options.
 */
export async function trainForests(
  table: Table,
  trainRows: number[],
  forests: readonly ForestOptions[],
  { workers = availableParallelism(), onTree = () => {} }: Options = {},
): Promise<LibraryModel[]> {
  const size = { rows: trainRows.length, features: table.features.length };
  const jobs = forests.flatMap((options, forest) =>
    treeSeeds(options.seed, options.nEstimators, size).map((seed, tree) => ({
      forest,
      tree,
      options: { ...options, nEstimators: 1, seed },
    })),
  );
  // the deepest trees take longest: begun first, they do not leave one worker busy at the end
  const queue = jobs
    .map(({ options }, job): TreeJob => ({ job, options }))
    .sort((a, b) => b.options.treeOptions.maxDepth - a.options.treeOptions.maxDepth);
  const trained = new Array<LibraryModel>(jobs.length);
  let done = 0;
  const input: WorkerInput = {
    table: { features: table.features, values: table.values, labels: table.labels },
    trainRows,
  };
  await runAll(Math.min(workers, jobs.length), input, queue, ({ job, model }) => {
    trained[job] = JSON.parse(model);
    onTree(++done);
  });
  return forests.map((options, forest) =>
    joinTrees(
      options,
      trained.filter((_, job) => jobs[job]?.forest === forest),
    ),
  );
}

/** Works a queue off with some workers; the first failure ends them all and rejects. */
async function runAll(
  workers: number,
  workerData: WorkerInput,
  queue: readonly TreeJob[],
  onDone: (result: TreeDone) => void,
): Promise<void> {
  let next = 0;
  const crew = Array.from(
    { length: workers },
    () => new Worker(new URL('tree-worker.ts', import.meta.url), { workerData }),
  );
  try {
    await Promise.all(
      crew.map(
        (worker) =>
          new Promise<void>((resolve, reject) => {
            const give = () => {
              const job = queue[next++];
              if (job) worker.postMessage(job);
              else resolve();
            };
            worker.on('message', (result: TreeDone) => {
              onDone(result);
              give();
            });
            worker.on('error', (cause) => reject(new Error('a training worker failed', { cause })));
            worker.on('exit', (code) => reject(new Error(`a training worker ended early with status ${code}`)));
            give();
          }),
      ),
    );
  } finally {
    await Promise.all(crew.map((worker) => worker.terminate()));
  }
}

function joinTrees(options: ForestOptions, models: readonly LibraryModel[]): LibraryModel {
  const [first] = models;
  return {
    name: 'RFClassifier',
    baseModel: {
      ...first?.baseModel,
      seed: options.seed,
      nEstimators: models.length,
      indexes: models.flatMap(({ baseModel }) => baseModel.indexes),
      estimators: models.flatMap(({ baseModel }) => baseModel.estimators),
    } as LibraryModel['baseModel'],
  };
}
