import { firstOfLargest } from './forest-trees.ts';
import type { LibraryForest } from './library-forest.ts';

/**
 * How many trees of the library's forest vote for each class, row by row. The library's `predictProbability` is wrong:
 * it starts its sum with the first tree's label.
 */
export function countVotes(forest: LibraryForest, rows: ArrayLike<number>[], classes: number): number[][] {
  const values = forest.predictionValues(rows);
  return rows.map((_, row) => {
    const votes = new Array<number>(classes).fill(0);
    for (const vote of values.getRow(row)) votes[vote] = (votes[vote] as number) + 1;
    return votes;
  });
}

/**
 * The class with most votes; on a tie the first in the list of classes, as in scikit-learn. (On a tie ml-random-forest's
 * `predict` returns the class that reached the number first in the order of trees, which says nothing about the row.)
 */
export const voteLabel = firstOfLargest;
