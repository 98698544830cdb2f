import { integer, MersenneTwister19937, sample, shuffle } from 'random-js';

/** Some items without replacement; the same seed picks the same ones. */
export function sampleWithSeed<T>(items: T[], size: number, seed: number): T[] {
  return sample(MersenneTwister19937.seed(seed), items, size);
}

/** A shuffle in place that continues from one seed over several arrays. */
export function shuffler(seed: number): <T>(items: T[]) => T[] {
  const engine = MersenneTwister19937.seed(seed);
  return (items) => shuffle(engine, items);
}

/**
 * The seed with which ml-random-forest 2.1 starts each tree: it draws one row per training row, takes the next number as
 * the seed of the feature draw, and the next number of that as the seed of the following tree. Features are drawn until
 * each has come up once (`replacement: false`, `maxFeatures: 1`).
 */
export function treeSeeds(
  seed: number,
  trees: number,
  { rows, features }: { rows: number; features: number },
): number[] {
  const seeds: number[] = [];
  let current = seed;
  for (let tree = 0; tree < trees; tree++) {
    seeds.push(current);
    current = nextAfterAllDrawn(nextAfterDraws(current, rows), features);
  }
  return seeds;
}

function nextAfterDraws(seed: number, size: number): number {
  const engine = MersenneTwister19937.seed(seed);
  const draw = integer(0, size - 1);
  for (let i = 0; i < size; i++) draw(engine);
  return engine.next();
}

function nextAfterAllDrawn(seed: number, size: number): number {
  const engine = MersenneTwister19937.seed(seed);
  const draw = integer(0, size - 1);
  const drawn = new Set<number>();
  while (drawn.size < size) drawn.add(draw(engine));
  return engine.next();
}
