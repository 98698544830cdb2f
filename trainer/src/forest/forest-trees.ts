import type { LibraryModel, LibraryNode } from './library-forest.ts';
import type { Tree } from './tree.ts';

/** The trees of an ml-random-forest model, their features numbered as in the data. */
export function forestTrees({ baseModel }: LibraryModel): Tree[] {
  return baseModel.estimators.map(({ root }, tree) => toTree(root, baseModel.indexes[tree] as number[]));
}

/** `columns[c]` is the feature that the tree saw as its column c: each tree was given the features in its own order. */
function toTree({ left, right, splitColumn, splitValue, distribution }: LibraryNode, columns: readonly number[]): Tree {
  if (left && right)
    return {
      feature: columns[splitColumn as number] as number,
      threshold: splitValue as number,
      below: toTree(left, columns),
      above: toTree(right, columns),
    };
  return { vote: firstOfLargest(distribution?.[0] as number[]) };
}

/** The index of the largest number, the first of equal ones. */
export function firstOfLargest(numbers: ArrayLike<number>): number {
  let found = 0;
  for (let i = 1; i < numbers.length; i++) if ((numbers[i] as number) > (numbers[found] as number)) found = i;
  return found;
}
