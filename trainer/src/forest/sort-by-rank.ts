/** The rows of a node: an element of each array is one row. */
export type Sortable = { ranks: Uint32Array; labels: Uint32Array };

/** Fewer rows than this are faster moved one by one. */
const FEW = 24;
const [BITS, BUCKETS] = [8, 256];

/**
 * Sorts the first `length` rows by rank, each below `distinct`; rows of one rank keep their order. Counts where the ranks are few beside
 * the rows, else goes through the ranks' digits (radix sort): either way the steps grow with the rows alone. Returns which of `rows`
 * and `spare`, of the same size, holds the result.
 */
export function sortByRank(rows: Sortable, spare: Sortable, length: number, distinct: number): Sortable {
  if (length <= FEW) return insert(rows, length);
  if (distinct <= Math.max(BUCKETS, length >>> 1))
    return distribute(rows, spare, length, { shift: 0, mask: -1, digits: distinct });
  let [from, to] = [rows, spare];
  for (let shift = 0; (distinct - 1) >>> shift > 0; shift += BITS)
    [from, to] = [distribute(from, to, length, { shift, mask: BUCKETS - 1, digits: BUCKETS }), from];
  return from;
}

function insert(rows: Sortable, length: number): Sortable {
  const { ranks, labels } = rows;
  for (let i = 1; i < length; i++) {
    const rank = ranks[i] as number;
    const label = labels[i] as number;
    let at = i - 1;
    for (; at >= 0 && (ranks[at] as number) > rank; at--) {
      ranks[at + 1] = ranks[at] as number;
      labels[at + 1] = labels[at] as number;
    }
    ranks[at + 1] = rank;
    labels[at + 1] = label;
  }
  return rows;
}

type Digit = { shift: number; mask: number; digits: number };

/** Copies the rows in the order of one digit of their ranks, rows with the same digit in the order they have. */
function distribute(from: Sortable, to: Sortable, length: number, { shift, mask, digits }: Digit): Sortable {
  const { ranks, labels } = from;
  const next = counters(digits);
  for (let i = 0; i < length; i++) {
    const digit = ((ranks[i] as number) >>> shift) & mask;
    next[digit] = (next[digit] as number) + 1;
  }
  let before = 0;
  for (let digit = 0; digit < digits; digit++) {
    const count = next[digit] as number;
    next[digit] = before;
    before += count;
  }
  for (let i = 0; i < length; i++) {
    const rank = ranks[i] as number;
    const digit = (rank >>> shift) & mask;
    const at = next[digit] as number;
    next[digit] = at + 1;
    to.ranks[at] = rank;
    to.labels[at] = labels[i] as number;
  }
  return to;
}

let kept = new Uint32Array(BUCKETS);
/** Zeros, in an array that every sort of a thread uses again. */
function counters(size: number): Uint32Array {
  if (kept.length < size) kept = new Uint32Array(size);
  return kept.fill(0, 0, size);
}
