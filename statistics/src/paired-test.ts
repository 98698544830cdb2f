import { totalOf } from './bucketed.ts';
import { type RiskEpoch, riskDesignEffect, twoSidedLogE } from './relative-risk.ts';

/**
 * ln E that of two versions that both answered the same rows one is right more often: `b` rows by user bucket that only the
 * candidate got right, `c` that only the baseline got right. Evidence from ln(1/α) on, however often one looks.
 */
export function pairedTest(
  b: Float64Array,
  c: Float64Array,
): { b: number; c: number; logE: number; designEffect: number } {
  const epoch: RiskEpoch = { candidate: b, baseline: c, share: 0.5 };
  // at equal shares, not at those seen: else three users who all prefer one version would count as if independent
  const designEffect = riskDesignEffect([epoch], 0);
  const counts = { b: totalOf(b), c: totalOf(c) };
  return { ...counts, logE: twoSidedLogE([{ t: counts.b, c: counts.c, share: 0.5 }], designEffect), designEffect };
}
