import type { ForestOptions } from './library-forest.ts';

export type ForestShape = { trees: number; depth: number };

/** The options that ml-random-forest gets, all of them named, so that a card tells how its forest was grown. */
export function forestOptions({ trees, depth }: ForestShape, seed: number): ForestOptions {
  return {
    nEstimators: trees,
    seed,
    maxFeatures: 1,
    replacement: true,
    useSampleBagging: true,
    noOOB: true,
    treeOptions: { maxDepth: depth, minNumSamples: 3, gainThreshold: 0 },
  };
}
