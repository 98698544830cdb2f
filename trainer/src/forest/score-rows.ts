import { countVotes } from './count-votes.ts';
import type { LibraryForest } from './library-forest.ts';
import { LEAF_UNIT, leafOf, type Tree } from './tree.ts';

/** For each row whole numbers by class, the share of a class being its number over `of`. */
export type Score = (rows: Float64Array[]) => { counts: number[][]; of: number };

/** Votes of the library's own trees. */
export function scoreByVotes(forest: LibraryForest, classes: number): Score {
  return (rows) => ({ counts: countVotes(forest, rows, classes), of: forest.estimators.length });
}

/** Weights of the leaves that a row comes to in each tree. */
export function scoreByShares(trees: readonly Tree[], classes: number): Score {
  return (rows) => ({
    counts: rows.map((row) => {
      const sums = new Array<number>(classes).fill(0);
      for (const tree of trees)
        leafOf(tree, row).weights?.forEach((weight, label) => {
          sums[label] = (sums[label] as number) + weight;
        });
      return sums;
    }),
    of: trees.length * LEAF_UNIT,
  });
}
