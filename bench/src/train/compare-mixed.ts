import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { readCsv } from '@coppice/trainer/csv/read-csv';
import { defaultLeaves } from '@coppice/trainer/default-leaves';
import { forestOptions } from '@coppice/trainer/forest/forest-options';
import { firstOfLargest, forestTrees, type Leaves } from '@coppice/trainer/forest/forest-trees';
import type { LibraryModel } from '@coppice/trainer/forest/library-forest';
import { scoreByLeaves } from '@coppice/trainer/forest/score-rows';
import { trainForests } from '@coppice/trainer/forest/train-forests';
import { fitPreparation } from '@coppice/trainer/prepare/fit-preparation';
import { prepareTable } from '@coppice/trainer/prepare/prepare-table';
import type { Table } from '@coppice/trainer/table/table';
import { rowOf } from '@coppice/trainer/table/training-set';
import { pythonProgram } from '../lab/programs.ts';
import type { Fitted, Place } from './compare-forests.ts';
import { type MixedTable, mixedCsv } from './mixed-tables.ts';

export type MixedProblem = {
  table: MixedTable;
  seed: number;
  trees: number;
  depth: number;
  leaves: Leaves | undefined;
};

const fitScript = fileURLToPath(new URL('../../peers/fit_mixed.py', import.meta.url));
const cores = availableParallelism();
const testRows = 5000;

/**
 * Trains on the same rows of a mixed table with our trainer, from the file on, and with scikit-learn's usual pipeline, one after the
 * other, and tests both on the same 5,000 other rows.
 */
export async function compareMixed(problem: MixedProblem, place: Place): Promise<{ ours: Fitted; theirs: Fitted }> {
  const { table: kind, seed } = problem;
  const csv = mixedCsv(kind, kind.trainRows + testRows, seed);
  const table = readCsv(Buffer.from(csv), { file: `${kind.name}.csv` });
  const ours = await fitOurs(table, problem);
  const theirs = await fitTheirs(csv, table, problem, place);
  return { ours, theirs };
}

async function fitOurs(
  table: Table,
  { table: { trainRows }, trees: count, depth, seed, leaves: given }: MixedProblem,
): Promise<Fitted> {
  const began = performance.now();
  const rows = Array.from(table.lines.keys());
  const [train, test] = [rows.slice(0, trainRows), rows.slice(trainRows)];
  const preparation = fitPreparation(table, train);
  const set = prepareTable(preparation, table);
  const [model] = await trainForests(set, train, [forestOptions({ trees: count, depth }, seed)], { workers: cores });
  const seconds = (performance.now() - began) / 1000;
  const leaves = given ?? defaultLeaves(preparation, set.classes.length);
  const score = scoreByLeaves(forestTrees(model as LibraryModel, leaves), set.classes.length, leaves);
  const { counts } = score(test.map((row) => rowOf(set, row)));
  const right = counts.filter((of, i) => firstOfLargest(of) === set.labels[test[i] as number]).length;
  return { seconds, accuracy: right / test.length };
}

async function fitTheirs(
  csv: string,
  { columns }: Table,
  { table: { trainRows }, trees, depth }: MixedProblem,
  { folder, signal }: Place,
): Promise<Fitted> {
  const file = join(folder, 'mixed.csv');
  writeFileSync(file, csv);
  const kinds = columns.map(({ place, kind }) => [place - 1, kind === 'number' ? 'number' : 'word']);
  const args = [fitScript, file, `${trainRows}`, `${trees}`, `${depth}`, `${cores}`, JSON.stringify(kinds)];
  const { stdout } = await promisify(execFile)(pythonProgram('flask', 'python'), args, { signal });
  return JSON.parse(stdout);
}
