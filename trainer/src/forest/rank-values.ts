import { type TrainingSet, widthOf } from '../table/training-set.ts';

/**
 * The numbers of one place, by rank: `distinct` holds them ascending, and row r has the number `distinct[ranks[r]]`. Whoever sorts ranks
 * compares small whole numbers, which sort in steps in proportion to the rows.
 */
export type RankedPlace = { ranks: Ranks; distinct: Float64Array };
export type Ranks = Uint16Array<SharedArrayBuffer> | Uint32Array<SharedArrayBuffer>;

/** The places of a set as they stand in its rows; workers share them. Numbers that are equal have one rank, so −0 and 0 do. */
export function rankValues(set: Pick<TrainingSet, 'values' | 'labels'>): RankedPlace[] {
  const [rows, width] = [set.labels.length, widthOf(set)];
  const sorted = new Float64Array(rows);
  return Array.from({ length: width }, (_, at) => {
    for (let row = 0; row < rows; row++) sorted[row] = set.values[row * width + at] as number;
    sorted.sort();
    const distinct = sorted.filter((value, i) => i === 0 || value !== sorted[i - 1]);
    const ranks = ranksFor(distinct.length, rows);
    for (let row = 0; row < rows; row++) ranks[row] = find(distinct, set.values[row * width + at] as number);
    return { ranks, distinct: shared(distinct) };
  });
}

function ranksFor(distinct: number, rows: number): Ranks {
  return distinct <= 2 ** 16
    ? new Uint16Array(new SharedArrayBuffer(2 * rows))
    : new Uint32Array(new SharedArrayBuffer(4 * rows));
}

function shared(values: Float64Array): Float64Array {
  const copy = new Float64Array(new SharedArrayBuffer(8 * values.length));
  copy.set(values);
  return copy;
}

/** The rank of a number, −1 if no row has it. */
export function rankOf({ distinct }: RankedPlace, value: number): number {
  const rank = find(distinct, value);
  return distinct[rank] === value ? rank : -1;
}

/** The first of ascending numbers that is not less, or the last of all. */
function find(ascending: Float64Array, value: number): number {
  let [first, end] = [0, ascending.length - 1];
  while (first < end) {
    const middle = (first + end) >>> 1;
    if ((ascending[middle] as number) < value) first = middle + 1;
    else end = middle;
  }
  return first;
}
