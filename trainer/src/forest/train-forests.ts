import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { treeSeeds } from '../sampling/random.ts';
import type { TrainingSet } from '../table/training-set.ts';
import type { GrownTree } from './grow-tree.ts';
import type { ForestOptions, LibraryModel } from './library-forest.ts';
import { rankValues } from './rank-values.ts';
import type { TreeDone, TreeJob, WorkerInput } from './tree-worker.ts';

/** Trees are small; without a limit each worker's heap keeps tens of megabytes for garbage. */
const resourceLimits = { maxYoungGenerationSizeMb: 4 };

type Options = { workers?: number; onTree?: (done: number) => void };

/**
 * Trains forests on the same rows, tree by tree in worker threads. The seed of every tree is known beforehand, so the
 * number of workers does not change the result. With `featuresPerSplit: 'all'` each forest equals the one that
 * ml-random-forest's `train` makes from the same options.
 */
export async function trainForests(
  set: TrainingSet,
  trainRows: number[],
  forests: readonly ForestOptions[],
  { workers = availableParallelism(), onTree = () => {} }: Options = {},
): Promise<LibraryModel[]> {
  const size = { rows: trainRows.length, features: set.features.length };
  const jobs = forests.flatMap((options, forest) =>
    treeSeeds(options.seed, options.nEstimators, size).map((seed, tree) => ({
      forest,
      tree,
      options: { ...options, nEstimators: 1, seed },
    })),
  );
  // the deepest trees take longest: if they start first, no single worker is busy at the end
  const queue = jobs
    .map(({ options }, job): TreeJob => ({ job, options }))
    .sort((a, b) => b.options.treeOptions.maxDepth - a.options.treeOptions.maxDepth);
  const trained = new Array<GrownTree>(jobs.length);
  let done = 0;
  const shared = new Int32Array(new SharedArrayBuffer(4 * trainRows.length));
  shared.set(trainRows);
  const input: WorkerInput = {
    rows: {
      ...{ features: set.features, classes: set.classes, labels: set.labels, ranked: rankValues(set) },
      ...(set.places && { places: set.places }),
    },
    trainRows: shared,
  };
  await runAll(Math.min(workers, jobs.length), input, queue, ({ job, tree }) => {
    trained[job] = tree;
    onTree(++done);
  });
  return forests.map((options, forest) =>
    joinTrees(
      options,
      trained.filter((_, job) => jobs[job]?.forest === forest),
    ),
  );
}

/** Works through a queue with some workers; the first failure ends them all and rejects. */
async function runAll(
  workers: number,
  workerData: WorkerInput,
  queue: readonly TreeJob[],
  onDone: (result: TreeDone) => void,
): Promise<void> {
  let next = 0;
  const crew = Array.from(
    { length: workers },
    () => new Worker(new URL('tree-worker.ts', import.meta.url), { workerData, resourceLimits }),
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

/** A forest as ml-random-forest writes and loads it. */
function joinTrees({ seed, treeOptions }: ForestOptions, trees: readonly GrownTree[]): LibraryModel {
  return {
    name: 'RFClassifier',
    baseModel: {
      seed,
      isClassifier: true,
      nEstimators: trees.length,
      indexes: trees.map(({ indexes }) => indexes),
      estimators: trees.map(({ root }) => ({
        name: 'DTClassifier',
        options: { ...treeOptions, kind: 'classifier' },
        root,
      })),
    },
  };
}
