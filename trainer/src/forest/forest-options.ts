import type { ForestOptions } from './library-forest.ts';

export type ForestShape = { trees: number; depth: number };

/** All options of a forest, spelled out, so that a card shows how its forest was grown. */
export function forestOptions({ trees, depth }: ForestShape, seed: number): ForestOptions {
  return {
    nEstimators: trees,
    seed,
    maxFeatures: 1,
    // each tree gets every feature and draws some at each split, as in scikit-learn, whose accuracy this comes closest to;
    // drawing as many once per tree, which ml-random-forest can do, was up to 6 points worse
    replacement: false,
    featuresPerSplit: 'sqrt',
    useSampleBagging: true,
    noOOB: true,
    treeOptions: { maxDepth: depth, minNumSamples: 3, gainThreshold: 0 },
  };
}
