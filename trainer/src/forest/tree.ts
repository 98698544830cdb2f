/** A decision tree: a row goes `below` when its feature is less than the threshold, otherwise `above`; a leaf votes for a class. */
export type Tree = { feature: number; threshold: number; below: Tree; above: Tree } | { vote: number };

/** The class (by index) that a tree votes for, for one row of features. */
export function treeVote(tree: Tree, row: ArrayLike<number>): number {
  let node = tree;
  while (!('vote' in node)) node = (row[node.feature] as number) < node.threshold ? node.below : node.above;
  return node.vote;
}
