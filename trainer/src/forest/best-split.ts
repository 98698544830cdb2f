import { allFeatures, type FeatureDraw } from './feature-draw.ts';
import { type Sortable, sortByRank } from './sort-by-rank.ts';

/** One feature of a node's rows: row i has the number `distinct[ranks[i]]`, and `distinct` ascends. */
export type Column = {
  ranks: Uint32Array;
  distinct: ArrayLike<number>;
  /** Whether all numbers are 0 or 1. */
  isIndicator?: boolean;
};
/** `read` may fill the same array each time. */
export type Columns = { count: number; read(column: number): Column };
export type Split = { maxGain: number; maxColumn?: number; maxValue?: number; numberSamples?: number };
type Candidate = { column: number; value: number; gain: number };

/** Rounding in ml-cart's sums of 1/n stays far below this up to millions of rows. */
const tolerance = 1e-9;

/**
 * The split that ml-cart 2.1 finds, in steps in proportion to the rows rather than to their square (ml-cart copies all rows for each
 * candidate threshold: 15,000 rows would take days). With a draw it searches the drawn features only, which ml-cart cannot do, and
 * further ones while none of them gains anything: scikit-learn, too, goes on when all drawn features are constant. (In ml-cart a
 * constant feature has candidates, which gain 0.) `labels` are below `classes`.
 */
export function bestSplit(
  columns: Columns,
  labels: Uint32Array,
  classes: number,
  draw: FeatureDraw = allFeatures,
): Split {
  const totals = new Float64Array(classes);
  for (let i = 0; i < labels.length; i++) totals[labels[i] as number] = (totals[labels[i] as number] as number) + 1;
  // rows of one class have no candidate
  if (totals.includes(labels.length)) return { maxGain: Number.NEGATIVE_INFINITY };

  const close = new CloseToBest();
  let seen = 0;
  const { order, enough } = draw(columns.count);
  for (const column of order) {
    if (seen++ >= enough && close.best > tolerance) break;
    const numbers = columns.read(column);
    if (numbers.isIndicator) offerIndicator(column, numbers.ranks, labels, totals, close);
    else offerThresholds(column, numbers, labels, totals, close);
  }
  return exactBest(close.candidates, columns, labels, totals);
}

/** The candidates within rounding of the best so far. */
class CloseToBest {
  best = Number.NEGATIVE_INFINITY;
  #candidates: Candidate[] = [];

  offer(column: number, value: number, gain: number): void {
    if (gain > this.best) this.best = gain;
    this.#candidates.push({ column, value, gain });
  }

  get candidates(): Candidate[] {
    return this.#candidates.filter(({ gain }) => gain >= this.best - tolerance);
  }
}

/** Arrays that every split of a thread uses again: garbage of this size grows faster than the collector runs. */
const scratch = [
  { ranks: new Uint32Array(0), labels: new Uint32Array(0) },
  { ranks: new Uint32Array(0), labels: new Uint32Array(0) },
];

function scratchFor(length: number): [Sortable, Sortable] {
  for (const rows of scratch)
    if (rows.ranks.length < length)
      Object.assign(rows, { ranks: new Uint32Array(length), labels: new Uint32Array(length) });
  return scratch as [Sortable, Sortable];
}

/** ml-cart's candidates in its order: half-way between neighbours of different classes. Repeated values are left out. */
function offerThresholds(
  column: number,
  { ranks, distinct }: Column,
  labels: Uint32Array,
  totals: Float64Array,
  close: CloseToBest,
): void {
  const rows = labels.length;
  const [unsorted, spare] = scratchFor(rows);
  unsorted.ranks.set(ranks.subarray(0, rows));
  unsorted.labels.set(labels);
  const sorted = sortByRank(unsorted, spare, rows, distinct.length);
  const sortedRanks = sorted.ranks;
  const sortedLabels = sorted.labels;
  const below = new Float64Array(totals.length);
  // sums of squared counts, of all rows and on both sides: whole numbers, so they are exact
  const whole = sumOfSquares(totals);
  let lesser = 0;
  let greater = whole;
  let counted = 0;
  let previous = Number.NaN;
  for (let i = 1; i < rows; i++) {
    if (sortedLabels[i - 1] === sortedLabels[i]) continue;
    const value =
      ((distinct[sortedRanks[i - 1] as number] as number) + (distinct[sortedRanks[i] as number] as number)) / 2;
    if (value === previous) continue;
    previous = value;
    while (counted < rows && (distinct[sortedRanks[counted] as number] as number) < value) {
      const label = sortedLabels[counted++] as number;
      const less = below[label] as number;
      lesser += 2 * less + 1;
      greater -= 2 * ((totals[label] as number) - less) - 1;
      below[label] = less + 1;
    }
    const gain = approximateGain({ whole, lesser, greater }, counted, rows);
    if (gain >= close.best - tolerance) close.offer(column, value, gain);
  }
}

/**
 * The one split of zeros and ones. ml-cart misses it where the ones are of one class that the last zero has as well, which is
 * common where few rows have a word.
 */
function offerIndicator(
  column: number,
  ones: Uint32Array,
  labels: Uint32Array,
  totals: Float64Array,
  close: CloseToBest,
): void {
  const below = new Float64Array(totals.length);
  let zeros = 0;
  for (let i = 0; i < labels.length; i++) {
    if (ones[i] !== 0) continue;
    zeros++;
    below[labels[i] as number] = (below[labels[i] as number] as number) + 1;
  }
  if (zeros === 0 || zeros === labels.length) return;
  const above = totals.map((total, label) => total - (below[label] as number));
  const squares = { whole: sumOfSquares(totals), lesser: sumOfSquares(below), greater: sumOfSquares(above) };
  const gain = approximateGain(squares, zeros, labels.length);
  if (gain >= close.best - tolerance) close.offer(column, 0.5, gain);
}

function sumOfSquares(counts: Float64Array): number {
  let sum = 0;
  for (const count of counts) sum += count * count;
  return sum;
}

type Squares = { whole: number; lesser: number; greater: number };

function approximateGain({ whole, lesser, greater }: Squares, rowsBelow: number, rows: number): number {
  return (impurity(whole, rows) - impurity(lesser, rowsBelow) - impurity(greater, rows - rowsBelow)) / rows;
}

const impurity = (squares: number, count: number) => (count === 0 ? 0 : count - squares / count);

/** Of the candidates within rounding of the best, the first that is highest in ml-cart's own arithmetic. */
function exactBest(close: readonly Candidate[], columns: Columns, labels: Uint32Array, totals: Float64Array): Split {
  let found: Split = { maxGain: Number.NEGATIVE_INFINITY };
  const whole = giniImpurity(totals);
  for (const { column, value } of close) {
    const { ranks, distinct } = columns.read(column);
    const below = new Float64Array(totals.length);
    let rowsBelow = 0;
    for (let i = 0; i < labels.length; i++) {
      if (!((distinct[ranks[i] as number] as number) < value)) continue;
      rowsBelow++;
      below[labels[i] as number] = (below[labels[i] as number] as number) + 1;
    }
    const above = totals.map((total, label) => total - (below[label] as number));
    const rowsAbove = labels.length - rowsBelow;
    // the order of these operations is ml-cart's, so that even the last bit is equal
    const rest = (giniImpurity(above) * rowsAbove) / labels.length + (giniImpurity(below) * rowsBelow) / labels.length;
    const maxGain = whole - rest;
    if (maxGain > found.maxGain) found = { maxGain, maxColumn: column, maxValue: value, numberSamples: labels.length };
  }
  return found;
}

/** As ml-cart: each share is 1/n added once per row, not count/n. */
function giniImpurity(counts: Float64Array): number {
  const rows = counts.reduce((sum, count) => sum + count, 0);
  if (rows === 0) return 0;
  let squares = 0;
  for (const count of counts) {
    let share = 0;
    for (let i = 0; i < count; i++) share += 1 / rows;
    squares += share * share;
  }
  return 1 - squares;
}
