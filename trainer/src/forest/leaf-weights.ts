import { LEAF_UNIT } from './tree.ts';

/** Shares of classes as whole numbers that make LEAF_UNIT together: rounded down, then the largest remainders up. */
export function leafWeights(shares: readonly number[]): number[] {
  const exact = shares.map((share) => share * LEAF_UNIT);
  const weights = exact.map(Math.floor);
  const rest = LEAF_UNIT - weights.reduce((sum, weight) => sum + weight, 0);
  const remainder = (at: number) => (exact[at] as number) - (weights[at] as number);
  const order = [...weights.keys()]
    .filter((at) => shares[at] !== 0)
    .sort((a, b) => remainder(b) - remainder(a) || a - b);
  for (const at of order.slice(0, rest)) weights[at] = (weights[at] as number) + 1;
  return weights;
}
