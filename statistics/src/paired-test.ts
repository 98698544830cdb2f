import { totalOf } from './bucketed.ts';
import { sampleRatioLogE } from './sample-ratio.ts';

/**
 * ln E that of two versions that both answered the same rows one is right more often: `b` rows by user bucket that only the
 * candidate got right, `c` that only the baseline got right. Evidence from ln(1/α) on, however often one looks.
 */
export function pairedTest(
  b: Float64Array,
  c: Float64Array,
): { b: number; c: number; logE: number; designEffect: number } {
  return { b: totalOf(b), c: totalOf(c), ...sampleRatioLogE([{ candidate: b, baseline: c, share: 0.5 }]) };
}
