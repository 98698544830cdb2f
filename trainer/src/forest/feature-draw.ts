import { integer, MersenneTwister19937 } from 'random-js';
import type { ForestOptions } from './library-forest.ts';

/** The features of one node: the `order` in which to try them, and how many are `enough` if one of those splits the rows. */
export type FeatureDraw = (features: number) => { order: Iterable<number>; enough: number };

export const allFeatures: FeatureDraw = (features) => ({
  order: Array(features).keys(),
  enough: features,
});

/** As scikit-learn's `max_features="sqrt"`: a new draw of ⌊√F⌋ of F features at each node of a tree. */
function sqrtOfFeatures(seed: number): FeatureDraw {
  // a separate seed: the tree's own draws its rows
  const engine = MersenneTwister19937.seedWithArray([seed, 1]);
  return (features) => ({ order: shuffled(features, engine), enough: Math.max(1, Math.floor(Math.sqrt(features))) });
}

/** The draw for one tree, whose seed is in the options. */
export function drawFor({ featuresPerSplit, seed }: Pick<ForestOptions, 'featuresPerSplit' | 'seed'>): FeatureDraw {
  return featuresPerSplit === 'sqrt' ? sqrtOfFeatures(seed) : allFeatures;
}

/** A Fisher–Yates shuffle, only as far as it is read. */
function* shuffled(size: number, engine: MersenneTwister19937): Generator<number> {
  const rest = Array.from({ length: size }, (_, i) => i);
  for (let i = 0; i < size; i++) {
    const at = integer(i, size - 1)(engine);
    const drawn = rest[at] as number;
    rest[at] = rest[i] as number;
    yield drawn;
  }
}
