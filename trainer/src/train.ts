import { availableParallelism } from 'node:os';
import { type ModelCard, TRAINING_FILE } from '@coppice/contract';
import { ALGORITHM } from './artifacts/other-model.ts';
import type { Artifact } from './artifacts/publish.ts';
import { sha256 } from './artifacts/sha256.ts';
import type { Source } from './artifacts/up-to-date.ts';
import { describeData } from './card/describe-data.ts';
import { aboutTime, estimateSeconds } from './estimate.ts';
import { evaluate } from './evaluate.ts';
import { forestOptions } from './forest/forest-options.ts';
import { forestTrees, type Leaves } from './forest/forest-trees.ts';
import { type LibraryModel, RandomForestClassifier } from './forest/library-forest.ts';
import { scoreByLeaves, scoreByVotes } from './forest/score-rows.ts';
import { trainForests } from './forest/train-forests.ts';
import type { Data } from './load-data.ts';
import { exportForest } from './onnx/export-forest.ts';
import type { ForestSpec, Options } from './options.ts';
import { isIdentity } from './prepare/preparation.ts';
import { prepareTable } from './prepare/prepare-table.ts';
import { treeProgress } from './progress.ts';
import { recordTraining } from './record-training.ts';
import { count } from './table/count.ts';
import type { TrainingSet } from './table/training-set.ts';

const longRunSeconds = 60;

type Job = {
  options: Pick<Options, 'forests' | 'workers'>;
  data: Data;
  leaves: Leaves;
  /** One per forest, in the same order. */
  sources: readonly Source[];
  gitCommit: string | null;
  now?: () => Date;
  log: Pick<NodeJS.WriteStream, 'write'> & { isTTY?: boolean };
};

/**
 * Trains every forest, exports each to ONNX with the preparation inside and compares that with preparation and forest on every row
 * of the data. Writes nothing. Throws when an ONNX model and its forest disagree.
 */
export async function train(job: Job): Promise<Artifact[]> {
  const { table, split, preparation, seed, file } = job.data;
  const start = performance.now();
  const set = prepareTable(preparation, table);
  const models = await trainWithProgress(job, set);
  const described = describeData(table, split.train, seed);
  const createdAt = (job.now ?? (() => new Date()))().toISOString();
  const artifacts: Artifact[] = [];
  const onTrain: ModelCard['metrics'][] = [];
  for (const [index, source] of job.sources.entries()) {
    const { model, labels } = await exportVerified(models[index] as LibraryModel, set, job);
    const metricsOf = (rows: readonly number[]) => {
      const at = (all: ArrayLike<number>) => rows.map((row) => all[row] as number);
      return evaluate(set.classes, at(set.labels), at(labels));
    };
    const card: ModelCard = {
      format: 2,
      name: source.name,
      version: source.version,
      algorithm: ALGORITHM,
      ...described,
      parameters: source.parameters,
      metrics: metricsOf(split.test),
      data: {
        file,
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
    onTrain.push(metricsOf(split.train));
  }
  const seconds = (performance.now() - start) / 1000;
  return artifacts.map((artifact, i) => {
    const record = recordTraining(seconds, onTrain[i] as ModelCard['metrics']);
    return { ...artifact, report: new Map([[TRAINING_FILE, record]]) };
  });
}

async function trainWithProgress({ options, data, log }: Job, set: TrainingSet): Promise<LibraryModel[]> {
  const { forests, workers = availableParallelism() } = options;
  const { seed, preparation, split } = data;
  const trees = sumTrees(forests);
  const size = { rows: split.train.length, features: set.features.length };
  const seconds = estimateSeconds(forests, { ...size, workers });
  const columns = preparation.steps.length;
  const numbers = size.features === columns ? '' : `, which make ${size.features} numbers`;
  const on = `${count(trees, 'tree')} on ${size.rows} rows × ${count(columns, 'feature')}${numbers}`;
  if (seconds > longRunSeconds)
    log.write(`training ${on}: a long run, about ${aboutTime(seconds)}; Ctrl-C leaves existing models unchanged\n`);
  else log.write(`training ${on}\n`);
  const progress = treeProgress(trees, log);
  try {
    return await trainForests(
      set,
      split.train,
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
  { data: { preparation, table }, leaves }: Job,
): Promise<{ model: Uint8Array; labels: number[] }> {
  const trees = forestTrees(model, leaves);
  const classes = set.classes.length;
  const isPlain = isIdentity(preparation);
  const bytes = exportForest({ trees, features: set.features.length, classes, preparation });
  const score =
    isPlain && leaves === 'votes'
      ? scoreByVotes(RandomForestClassifier.load(model), classes)
      : scoreByLeaves(trees, classes, leaves);
  // onnxruntime takes its memory when the workers have given theirs back
  const [{ verifyModel }, { numberRows, rawRows }] = await Promise.all([
    import('./verify.ts'),
    import('./verified-rows.ts'),
  ]);
  const rows = isPlain ? numberRows(set) : rawRows(preparation, table);
  return { model: bytes, labels: await verifyModel(bytes, score, classes, rows) };
}

const sumTrees = (forests: readonly ForestSpec[]) => forests.reduce((sum, { trees }) => sum + trees, 0);
