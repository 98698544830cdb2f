import type { Leaves } from '@coppice/trainer/forest/forest-trees';
import { median, standardError } from '../report/stats.ts';
import { short, table } from '../report/table.ts';
import type { Fitted, Place } from './compare-forests.ts';
import { compareMixed } from './compare-mixed.ts';
import { type MixedTable, mixedTables } from './mixed-tables.ts';

export const MIXED_SEEDS = 5;
const head = ['table, forest', 'seconds', 'scikit-learn', 'accuracy %', 'scikit-learn', 'points ± standard error'];

export type MixedLine = {
  table: string;
  trainRows: number;
  trees: number;
  depth: number;
  draws: number;
  ours: Fitted;
  theirs: Fitted;
  standardError: number;
};

/** Compares both trainers on each mixed table and forest, the mean of 5 draws each. */
export async function compareMixedTables(
  forests: readonly { trees: number; depth: number }[],
  leaves: Leaves | undefined,
  place: Place,
): Promise<MixedLine[]> {
  const lines: MixedLine[] = [];
  for (const kind of mixedTables)
    for (const forest of forests) {
      process.stderr.write(`${kind.name}, ${forest.trees} trees of depth ${forest.depth} …\n`);
      lines.push(await repeated(kind, forest, leaves, place));
    }
  return lines;
}

/** The lines as a table. */
export function mixedReport(lines: readonly MixedLine[]): string {
  return table(head, lines.map(cells));
}

async function repeated(
  kind: MixedTable,
  forest: { trees: number; depth: number },
  leaves: Leaves | undefined,
  place: Place,
): Promise<MixedLine> {
  const results: { ours: Fitted; theirs: Fitted }[] = [];
  for (let seed = 1; seed <= MIXED_SEEDS; seed++)
    results.push(await compareMixed({ table: kind, seed, leaves, ...forest }, place));
  const joined = (whose: 'ours' | 'theirs'): Fitted => ({
    seconds: median(results.map((result) => result[whose].seconds)),
    accuracy: results.reduce((sum, result) => sum + result[whose].accuracy, 0) / results.length,
  });
  return {
    table: kind.name,
    trainRows: kind.trainRows,
    ...forest,
    draws: results.length,
    ours: joined('ours'),
    theirs: joined('theirs'),
    standardError: standardError(results.map(({ ours, theirs }) => ours.accuracy - theirs.accuracy)),
  };
}

function cells({ table, trainRows, trees, depth, ours, theirs, standardError }: MixedLine): string[] {
  const points = 100 * (ours.accuracy - theirs.accuracy);
  return [
    `${table} (${trainRows.toLocaleString('en')}), ${trees}×${depth}`,
    short(ours.seconds),
    short(theirs.seconds),
    (100 * ours.accuracy).toFixed(1),
    (100 * theirs.accuracy).toFixed(1),
    `${points >= 0 ? '+' : '−'}${Math.abs(points).toFixed(2)} ± ${(100 * standardError).toFixed(2)}`,
  ];
}
