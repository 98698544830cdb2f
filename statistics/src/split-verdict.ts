export type SplitVerdict = 'not enough data' | 'fits' | 'differs';

/** Fewer assignments say nothing about a split. */
export const LEAST_ASSIGNMENTS = 200;
/** Standard errors. Far beyond the usual 2, because a split is looked at again and again. */
const SURE = 5;
/** A smaller difference of shares biases no comparison. */
const MATTERS = 0.02;

/**
 * Does a version that got `n` of `total` assignments have the share of its weight? It differs when it is beyond chance (by
 * the normal approximation of the binomial distribution) and by more than 2 points, or where one without weight got any.
 * The one rule of gateway, page, alert and simulator.
 */
export function splitVerdict(n: number, total: number, share: number): SplitVerdict {
  if ((share === 0 && n > 0) || (share === 1 && n < total)) return 'differs';
  if (total < LEAST_ASSIGNMENTS) return 'not enough data';
  const difference = Math.abs(n / total - share);
  const error = Math.sqrt((share * (1 - share)) / total);
  return difference > MATTERS && difference > SURE * error ? 'differs' : 'fits';
}
