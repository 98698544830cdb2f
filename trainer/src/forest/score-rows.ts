import { countVotes } from './count-votes.ts';
import type { Leaves } from './forest-trees.ts';
import type { LibraryForest } from './library-forest.ts';
import { LEAF_UNIT, leafOf, type Tree } from './tree.ts';

/** For each row whole numbers by class, the share of a class being its number over `of`. */
export type Score = (rows: Float64Array[]) => { counts: number[][]; of: number };

/** Votes of the library's own trees. */
export function scoreByVotes(forest: LibraryForest, classes: number): Score {
  return (rows) => ({ counts: countVotes(forest, rows, classes), of: forest.estimators.length });
}

/** Votes, or weights, of the leaves that a row comes to in each tree. */
export function scoreByLeaves(trees: readonly Tree[], classes: number, leaves: Leaves): Score {
  return (rows) => ({
    counts: rows.map((row) => {
      const sums = new Array<number>(classes).fill(0);
      const add = (label: number, weight: number) => {
        sums[label] = (sums[label] as number) + weight;
      };
      for (const tree of trees) {
        const { vote, weights } = leafOf(tree, row);
        if (leaves === 'votes') add(vote, 1);
        else for (const [label, weight] of (weights ?? []).entries()) add(label, weight);
      }
      return sums;
    }),
    of: trees.length * (leaves === 'votes' ? 1 : LEAF_UNIT),
  });
}
