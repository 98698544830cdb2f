import { logChoose } from './log-choose.ts';

/** How many of some rows have a property. */
export type Share = { count: number; rows: number };

/**
 * Fisher's exact test of two shares (Fisher 1935): the probability, when all rows come from one population, of a share `a`
 * at least this far above `b`'s (`greater`), or of one this far to either side (`differs`: twice the smaller tail, at most 1).
 * Exact however rare the property is, where χ² is not; conservative. Counts are whole numbers.
 */
export function fisherExact(a: Share, b: Share, side: 'greater' | 'differs'): number {
  const upper = upperTail(a, b);
  if (side === 'greater') return upper;
  const lower = upperTail({ count: a.rows - a.count, rows: a.rows }, { count: b.rows - b.count, rows: b.rows });
  return Math.min(1, 2 * Math.min(upper, lower));
}

/** P(X ≥ a.count) of the hypergeometric distribution; its terms all are positive, so a tiny one keeps its digits. */
function upperTail(a: Share, b: Share): number {
  const marked = a.count + b.count;
  const most = Math.min(marked, a.rows);
  let term = Math.exp(logChoose(a.rows, a.count) + logChoose(b.rows, b.count) - logChoose(a.rows + b.rows, marked));
  let sum = term;
  for (let x = a.count; x < most; x++) {
    term *= ((marked - x) * (a.rows - x)) / ((x + 1) * (b.rows - marked + x + 1));
    sum += term;
  }
  return Math.min(1, sum);
}
