import type { ForestOptions } from './library-forest.ts';

export type ForestShape = { trees: number; depth: number };

/** The options of a forest, all of them named, so that a card tells how its forest was grown. */
export function forestOptions({ trees, depth }: ForestShape, seed: number): ForestOptions {
  return {
    nEstimators: trees,
    seed,
    maxFeatures: 1,
    // each tree is given every feature, and draws some at each split, as scikit-learn does: its accuracy comes closest so;
    // as many drawn once per tree, which is what ml-random-forest can do, came out up to 6 points worse
    replacement: false,
    featuresPerSplit: 'sqrt',
    useSampleBagging: true,
    noOOB: true,
    treeOptions: { maxDepth: depth, minNumSamples: 3, gainThreshold: 0 },
  };
}
