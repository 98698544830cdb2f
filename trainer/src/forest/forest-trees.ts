import { leafWeights } from './leaf-weights.ts';
import type { LibraryModel, LibraryNode } from './library-forest.ts';
import type { Tree } from './tree.ts';

export type Leaves = 'votes' | 'shares';

/**
 * The trees of an ml-random-forest model, with features numbered as in the data. A leaf gives its most frequent class the whole
 * vote, as in ml-random-forest, or each class its share of the leaf's training rows, as in scikit-learn.
 */
export function forestTrees({ baseModel }: LibraryModel, leaves: Leaves = 'votes'): Tree[] {
  return baseModel.estimators.map(({ root }, tree) => toTree(root, baseModel.indexes[tree] as number[], leaves));
}

/** `columns[c]` is the feature that the tree saw as its column c: each tree got the features in its own order. */
function toTree(
  { left, right, splitColumn, splitValue, distribution }: LibraryNode,
  columns: readonly number[],
  leaves: Leaves,
): Tree {
  if (left && right)
    return {
      feature: columns[splitColumn as number] as number,
      threshold: splitValue as number,
      below: toTree(left, columns, leaves),
      above: toTree(right, columns, leaves),
    };
  const shares = distribution?.[0] as number[];
  const vote = firstOfLargest(shares);
  return leaves === 'shares' ? { vote, weights: leafWeights(shares) } : { vote };
}

/** The index of the largest number, the first of equal ones. */
export function firstOfLargest(numbers: ArrayLike<number>): number {
  let found = 0;
  for (let i = 1; i < numbers.length; i++) if ((numbers[i] as number) > (numbers[found] as number)) found = i;
  return found;
}
