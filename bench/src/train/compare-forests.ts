import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { countVotes, voteLabel } from '@coppice/trainer/forest/count-votes';
import { forestOptions } from '@coppice/trainer/forest/forest-options';
import { type LibraryModel, RandomForestClassifier } from '@coppice/trainer/forest/library-forest';
import { trainForests } from '@coppice/trainer/forest/train-forests';
import { rowOf, type TrainingSet } from '@coppice/trainer/table/training-set';
import { pythonProgram } from '../lab/programs.ts';
import { CLASSES, syntheticRows } from '../load/synthetic.ts';
import type { Row } from '../load/target.ts';

export type Fitted = { seconds: number; accuracy: number };
export type Problem = { rows: number; features: number; seed: number; trees: number; depth: number };

/** The folder for files that Python reads, and the signal that ends Python early. */
export type Place = { folder: string; signal: AbortSignal };

const fitScript = fileURLToPath(new URL('../../peers/fit_forest.py', import.meta.url));
const cores = availableParallelism();

/** Enough to know an accuracy to half a point; a fifth of 150 rows is not. */
const testRows = 5000;

/**
 * Trains the same forest on the same rows with our trainer and with scikit-learn, on all cores, one after the other, and
 * tests both on the same other rows.
 */
export async function compareForests(problem: Problem, place: Place): Promise<{ ours: Fitted; theirs: Fitted }> {
  const { rows, features, seed, trees, depth } = problem;
  // more features bring the classes closer, so that the problem stays about as hard
  const all = syntheticRows(rows + testRows, features, { seed, distance: 2.4 / Math.sqrt(features) });
  const numbers = Array.from(all.keys());
  const split = { train: numbers.slice(0, rows), test: numbers.slice(rows) };
  const ours = await fitOurs(toTable(all), split, { trees, depth, seed });
  const theirs = await fitTheirs(all, split, problem, place);
  return { ours, theirs };
}

type Split = { train: number[]; test: number[] };

async function fitOurs(
  table: TrainingSet,
  { train, test }: Split,
  { trees, depth, seed }: Pick<Problem, 'trees' | 'depth' | 'seed'>,
): Promise<Fitted> {
  const began = performance.now();
  const [model] = await trainForests(table, train, [forestOptions({ trees, depth }, seed)], { workers: cores });
  const seconds = (performance.now() - began) / 1000;
  const votes = countVotes(
    RandomForestClassifier.load(model as LibraryModel),
    test.map((row) => rowOf(table, row)),
    table.classes.length,
  );
  const right = votes.filter((of, i) => voteLabel(of) === table.labels[test[i] as number]).length;
  return { seconds, accuracy: right / test.length };
}

async function fitTheirs(
  rows: readonly Row[],
  { train, test }: Split,
  { trees, depth }: Problem,
  { folder, signal }: Place,
): Promise<Fitted> {
  const files = [train, test].map((part, i) => {
    const file = join(folder, ['train.csv', 'test.csv'][i] as string);
    const lines = part.map((row) => [...(rows[row] as Row).features, (rows[row] as Row).label].join(','));
    writeFileSync(file, `${lines.join('\n')}\n`);
    return file;
  });
  const args = [fitScript, ...files, `${trees}`, `${depth}`, `${cores}`];
  const { stdout } = await promisify(execFile)(pythonProgram('flask', 'python'), args, { signal });
  return JSON.parse(stdout);
}

function toTable(rows: readonly Row[]): TrainingSet {
  const width = (rows[0] as Row).features.length;
  const values = new Float64Array(new SharedArrayBuffer(8 * rows.length * width));
  const labels = new Int32Array(new SharedArrayBuffer(4 * rows.length));
  rows.forEach(({ features, label }, i) => {
    values.set(features, i * width);
    labels[i] = label;
  });
  const features = Array.from({ length: width }, (_, j) => ({ name: `x${j + 1}`, unit: null }));
  return { features, target: 'class', classes: [...CLASSES], values, labels };
}
