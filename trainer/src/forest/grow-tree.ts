import { integer, MersenneTwister19937 } from 'random-js';
import { type Place, type TrainingSet, widthOf } from '../table/training-set.ts';
import { bestSplit } from './best-split.ts';
import { drawFor, type FeatureDraw } from './feature-draw.ts';
import type { ForestOptions, LibraryNode } from './library-forest.ts';

type Rows = Pick<TrainingSet, 'features' | 'places' | 'values' | 'labels'>;
/** What ml-random-forest keeps of a tree: the order of its features, and its nodes. */
export type GrownTree = { indexes: number[]; root: LibraryNode };

/**
 * The tree that ml-random-forest 2.1 grows first from these options and rows, to the last bit. It moves row numbers about
 * where the library copies the rows for each tree, transposes them at each node and copies them for each child: 49,000 rows
 * with 8 features took 1.4 GB.
 */
export function growTree(rows: Rows, trainRows: ArrayLike<number>, options: ForestOptions): GrownTree {
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

class Grower {
  #rows: Rows;
  #width: number;
  /** A node is a stretch of this array; its children are stretches of that, in the same order of rows. */
  #bag: Int32Array;
  #columns: readonly number[];
  #options: ForestOptions['treeOptions'];
  #draw: FeatureDraw;
  #above: Int32Array;
  #labels: Int32Array;
  #values: Float64Array;

  constructor(
    rows: Rows,
    bag: Int32Array,
    columns: readonly number[],
    options: ForestOptions['treeOptions'],
    draw: FeatureDraw,
  ) {
    [this.#rows, this.#bag, this.#columns, this.#options, this.#draw] = [rows, bag, columns, options, draw];
    this.#width = widthOf(rows);
    this.#above = new Int32Array(bag.length);
    this.#labels = new Int32Array(bag.length);
    this.#values = new Float64Array(bag.length);
  }

  /** The node of the rows from `start` to `end` in the bag; stops where ml-cart's `TreeNode.train` does. */
  grow(start: number, end: number, depth: number, parentGain: number | null): LibraryNode {
    const labels = this.#labelsOf(start, end);
    const leaf = () => ({ distribution: [shares(labels)] });
    const { maxDepth, minNumSamples, gainThreshold } = this.#options;
    // ml-cart searches a split at the greatest depth, too, and so moves the draw of the features on
    if (end - start <= minNumSamples) return leaf();
    const columns = {
      rows: this.#columns.length,
      getRow: (column: number) => this.#valuesOf(column, start, end),
      isIndicator: (column: number) => this.#placeOf(column).is !== undefined,
    };
    const { maxGain, maxColumn, maxValue } = bestSplit(columns, labels, this.#draw);
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

  #labelsOf(start: number, end: number): Int32Array {
    const labels = this.#labels.subarray(0, end - start);
    for (let i = start; i < end; i++) labels[i - start] = this.#rows.labels[this.#bag[i] as number] as number;
    return labels;
  }

  #valuesOf(column: number, start: number, end: number): Float64Array {
    const { at, is } = this.#placeOf(column);
    const width = this.#width;
    const values = this.#values.subarray(0, end - start);
    for (let i = start; i < end; i++) {
      const value = this.#rows.values[(this.#bag[i] as number) * width + at] as number;
      values[i - start] = is === undefined ? value : Number(value === is);
    }
    return values;
  }

  #placeOf(column: number): Place {
    const feature = this.#columns[column] as number;
    return this.#rows.places ? (this.#rows.places[feature] as Place) : { at: feature };
  }

  /** Brings the rows below the threshold to the front; returns where the others begin. */
  #part(start: number, end: number, column: number, threshold: number): number {
    const values = this.#valuesOf(column, start, end);
    let [below, above] = [start, 0];
    for (let i = start; i < end; i++) {
      const row = this.#bag[i] as number;
      if ((values[i - start] as number) < threshold) this.#bag[below++] = row;
      else this.#above[above++] = row;
    }
    this.#bag.set(this.#above.subarray(0, above), below);
    return below;
  }
}

/** The share of each class up to the largest one there, 1/n added once per row as in ml-cart. */
function shares(labels: Int32Array): number[] {
  let largest = 0;
  for (const label of labels) largest = Math.max(largest, label);
  const counts = new Array<number>(largest + 1).fill(0);
  const one = 1 / labels.length;
  for (const label of labels) counts[label] = (counts[label] as number) + one;
  return counts;
}
