/**
 * A decision tree: a row goes `below` when its feature is less than the threshold, otherwise `above`. A leaf votes for a class,
 * or splits its vote: `weights` by class, which make LEAF_UNIT together.
 */
export type Tree =
  | { feature: number; threshold: number; below: Tree; above: Tree }
  | { vote: number; weights?: readonly number[] };

/** A power of two small enough that the weights of 2,000 trees add up exactly in FP32, as ONNX adds them. */
export const LEAF_UNIT = 4096;

/** The class (by index) that a tree votes for, for one row of features. */
export function treeVote(tree: Tree, row: ArrayLike<number>): number {
  return leafOf(tree, row).vote;
}

/** The leaf that a row comes to. */
export function leafOf(tree: Tree, row: ArrayLike<number>): Extract<Tree, { vote: number }> {
  let node = tree;
  while (!('vote' in node)) node = (row[node.feature] as number) < node.threshold ? node.below : node.above;
  return node;
}
