import { availableParallelism } from 'node:os';
import type { ModelCard } from '@coppice/contract';
import type { Artifact } from './artifacts/publish.ts';
import { sha256 } from './artifacts/sha256.ts';
import type { Source } from './artifacts/up-to-date.ts';
import { describeData } from './card/describe-data.ts';
import { aboutTime, estimateSeconds } from './estimate.ts';
import { evaluate } from './evaluate.ts';
import { forestOptions } from './forest/forest-options.ts';
import { forestTrees, type Leaves } from './forest/forest-trees.ts';
import { type LibraryModel, RandomForestClassifier } from './forest/library-forest.ts';
import { scoreByShares, scoreByVotes } from './forest/score-rows.ts';
import { trainForests } from './forest/train-forests.ts';
import { exportForest } from './onnx/export-forest.ts';
import type { ForestSpec, Options } from './options.ts';
import { treeProgress } from './progress.ts';
import { testShare } from './recipe.ts';
import { stratifiedSplit } from './sampling/split.ts';
import type { Table } from './table/table.ts';
import type { TrainingSet } from './table/training-set.ts';

const longRunSeconds = 60;

type Job = {
  options: Pick<Options, 'forests' | 'leaves' | 'seed' | 'workers'>;
  table: Table;
  set: TrainingSet;
  /** One per forest, in the same order. */
  sources: readonly Source[];
  file: string;
  gitCommit: string | null;
  now?: () => Date;
  log: Pick<NodeJS.WriteStream, 'write'> & { isTTY?: boolean };
};

/**
 * Splits, trains every forest, exports each to ONNX and compares that with the forest on every row of the data. Writes
 * nothing. Throws when an ONNX model and its forest disagree.
 */
export async function train(job: Job): Promise<Artifact[]> {
  const { options, set } = job;
  const split = stratifiedSplit(set.labels, { testShare, seed: options.seed });
  const models = await trainWithProgress(job, split.train);
  const described = describeData(job.table, split.train, options.seed);
  const createdAt = (job.now ?? (() => new Date()))().toISOString();
  const artifacts: Artifact[] = [];
  for (const [index, source] of job.sources.entries()) {
    const { model, labels } = await exportVerified(models[index] as LibraryModel, set, options.leaves);
    const at = <T>(all: ArrayLike<T>) => split.test.map((row) => all[row] as T);
    const card: ModelCard = {
      format: 2,
      name: source.name,
      version: source.version,
      algorithm: 'random-forest',
      ...described,
      parameters: source.parameters,
      metrics: evaluate(set.classes, at(set.labels), at(labels)),
      data: {
        file: job.file,
        ...source.data,
        rows: set.labels.length,
        trainRows: split.train.length,
        testRows: split.test.length,
      },
      artifact: { file: 'model.onnx', sha256: sha256(model), bytes: model.length },
      libraries: source.libraries,
      gitCommit: job.gitCommit,
      createdAt,
    };
    artifacts.push({ card, model });
  }
  return artifacts;
}

async function trainWithProgress({ options, set, log }: Job, trainRows: number[]): Promise<LibraryModel[]> {
  const { forests, seed, workers = availableParallelism() } = options;
  const trees = sumTrees(forests);
  const size = { rows: trainRows.length, features: set.features.length };
  const seconds = estimateSeconds(forests, { ...size, workers });
  const on = `${trees} trees on ${size.rows} rows × ${size.features} features`;
  if (seconds > longRunSeconds)
    log.write(`training ${on}: a long run, about ${aboutTime(seconds)}; Ctrl-C leaves existing models unchanged\n`);
  else log.write(`training ${on}\n`);
  const progress = treeProgress(trees, log);
  try {
    return await trainForests(
      set,
      trainRows,
      forests.map((forest) => forestOptions(forest, seed)),
      { workers, onTree: (done) => progress.update(done) },
    );
  } finally {
    progress.stop();
  }
}

async function exportVerified(
  model: LibraryModel,
  set: TrainingSet,
  leaves: Leaves,
): Promise<{ model: Uint8Array; labels: number[] }> {
  const trees = forestTrees(model, leaves);
  const classes = set.classes.length;
  const bytes = exportForest({ trees, features: set.features.length, classes });
  const score =
    leaves === 'shares' ? scoreByShares(trees, classes) : scoreByVotes(RandomForestClassifier.load(model), classes);
  // onnxruntime takes its memory when the workers have given theirs back
  const { verifyModel } = await import('./verify.ts');
  return { model: bytes, labels: await verifyModel(bytes, score, set) };
}

const sumTrees = (forests: readonly ForestSpec[]) => forests.reduce((sum, { trees }) => sum + trees, 0);
