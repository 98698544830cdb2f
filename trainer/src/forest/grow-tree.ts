import { integer, MersenneTwister19937 } from 'random-js';
import type { TrainingSet } from '../table/training-set.ts';
import { bestSplit, type Column } from './best-split.ts';
import { drawFor, type FeatureDraw } from './feature-draw.ts';
import type { ForestOptions, LibraryNode } from './library-forest.ts';
import { type RankedPlace, rankOf } from './rank-values.ts';

export type GrowthRows = Pick<TrainingSet, 'features' | 'places' | 'classes' | 'labels'> & {
  ranked: readonly RankedPlace[];
};
/** What ml-random-forest keeps of a tree: the order of its features, and its nodes. */
export type GrownTree = { indexes: number[]; root: LibraryNode };

/**
 * The tree that ml-random-forest 2.1 grows first from these options and rows, to the last bit. It moves row numbers about
 * where the library copies the rows for each tree, transposes them at each node and copies them for each child: 49,000 rows
 * with 8 features took 1.4 GB.
 */
export function growTree(rows: GrowthRows, trainRows: ArrayLike<number>, options: ForestOptions): GrownTree {
  if (options.maxFeatures !== 1 || options.replacement || !options.useSampleBagging)
    throw new RangeError('a tree gets all features, and its rows by bagging');
  const { bag, next } = drawRows(trainRows, options.seed);
  const indexes = orderFeatures(rows.features.length, next);
  const grower = new Grower(rows, bag, indexes, options.treeOptions, drawFor(options));
  return { indexes, root: grower.grow(0, bag.length, 0, null) };
}

/** As many rows as there are, with replacement, and the seed of what follows. */
function drawRows(trainRows: ArrayLike<number>, seed: number): { bag: Int32Array; next: number } {
  const engine = MersenneTwister19937.seed(seed);
  const draw = integer(0, trainRows.length - 1);
  const bag = new Int32Array(trainRows.length);
  for (let i = 0; i < bag.length; i++) bag[i] = trainRows[draw(engine)] as number;
  return { bag, next: engine.next() };
}

/** All features, in the order in which draws meet them first. */
function orderFeatures(features: number, seed: number): number[] {
  const engine = MersenneTwister19937.seed(seed);
  const draw = integer(0, features - 1);
  const drawn = new Set<number>();
  while (drawn.size < features) drawn.add(draw(engine));
  return [...drawn];
}

/** Where the numbers of a feature are: as they stand, or whether they are the one of rank `is` (−1: no row has it). */
type Feature = RankedPlace & { is?: number };

class Grower {
  #features: Feature[];
  #classes: number;
  #labelOf: Int32Array;
  /** A node is a stretch of this array; its children are stretches of that, in the same order of rows. */
  #bag: Int32Array;
  #options: ForestOptions['treeOptions'];
  #draw: FeatureDraw;
  #above: Int32Array;
  #labels: Uint32Array;
  #ranks: Uint32Array;

  constructor(
    { features, places, classes, labels, ranked }: GrowthRows,
    bag: Int32Array,
    columns: readonly number[],
    options: ForestOptions['treeOptions'],
    draw: FeatureDraw,
  ) {
    const all = features.map((_, feature): Feature => {
      const { at, is } = places?.[feature] ?? { at: feature };
      const place = ranked[at] as RankedPlace;
      return is === undefined ? place : { ...place, is: rankOf(place, is) };
    });
    this.#features = columns.map((feature) => all[feature] as Feature);
    [this.#classes, this.#labelOf] = [classes.length, labels];
    [this.#bag, this.#options, this.#draw] = [bag, options, draw];
    this.#above = new Int32Array(bag.length);
    this.#labels = new Uint32Array(bag.length);
    this.#ranks = new Uint32Array(bag.length);
  }

  /** The node of the rows from `start` to `end` in the bag; stops where ml-cart's `TreeNode.train` does. */
  grow(start: number, end: number, depth: number, parentGain: number | null): LibraryNode {
    const labels = this.#labelsOf(start, end);
    const leaf = () => ({ distribution: [shares(this.#labelsOf(start, end))] });
    const { maxDepth, minNumSamples, gainThreshold } = this.#options;
    // ml-cart searches a split at the greatest depth, too, and so moves the draw of the features on
    if (end - start <= minNumSamples) return leaf();
    const columns = { count: this.#features.length, read: (column: number) => this.#read(column, start, end) };
    const { maxGain, maxColumn, maxValue } = bestSplit(columns, labels, this.#classes, this.#draw);
    if (depth >= maxDepth || !(maxGain > gainThreshold) || maxGain === parentGain) return leaf();
    const middle = this.#part(start, end, maxColumn as number, maxValue as number);
    if (middle === start || middle === end) return leaf();
    return {
      splitColumn: maxColumn as number,
      splitValue: maxValue as number,
      left: this.grow(start, middle, depth + 1, maxGain),
      right: this.grow(middle, end, depth + 1, maxGain),
    };
  }

  #labelsOf(start: number, end: number): Uint32Array {
    const labels = this.#labels.subarray(0, end - start);
    for (let i = start; i < end; i++) labels[i - start] = this.#labelOf[this.#bag[i] as number] as number;
    return labels;
  }

  #read(column: number, start: number, end: number): Column {
    const { ranks: all, distinct, is } = this.#features[column] as Feature;
    const ranks = this.#ranks;
    const bag = this.#bag;
    if (is === undefined) {
      for (let i = start; i < end; i++) ranks[i - start] = all[bag[i] as number] as number;
      return { ranks, distinct };
    }
    for (let i = start; i < end; i++) ranks[i - start] = Number(all[bag[i] as number] === is);
    return { ranks, distinct: [0, 1], isIndicator: true };
  }

  /** Brings the rows below the threshold to the front; returns where the others begin. */
  #part(start: number, end: number, column: number, threshold: number): number {
    const { ranks, distinct } = this.#read(column, start, end);
    let [below, above] = [start, 0];
    for (let i = start; i < end; i++) {
      const row = this.#bag[i] as number;
      if ((distinct[ranks[i - start] as number] as number) < threshold) this.#bag[below++] = row;
      else this.#above[above++] = row;
    }
    this.#bag.set(this.#above.subarray(0, above), below);
    return below;
  }
}

/** The share of each class up to the largest one there, 1/n added once per row as in ml-cart. */
function shares(labels: Uint32Array): number[] {
  let largest = 0;
  for (const label of labels) largest = Math.max(largest, label);
  const counts = new Array<number>(largest + 1).fill(0);
  const one = 1 / labels.length;
  for (const label of labels) counts[label] = (counts[label] as number) + one;
  return counts;
}
