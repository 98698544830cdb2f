import { pairsOf, type RiskEpoch, riskDesignEffect, twoSidedLogE } from './relative-risk.ts';

/**
 * ln E that the candidate got another share of rows than `share` of each epoch says, counted by user bucket. For a sample
 * ratio mismatch, requests assigned against the weights' share; for a feedback mismatch, rows with feedback against the
 * share of answered rows. Sticky users count less, by the design effect at that share.
 */
export function sampleRatioLogE(epochs: readonly RiskEpoch[]): { logE: number; designEffect: number } {
  const designEffect = riskDesignEffect(epochs, 0);
  return { logE: twoSidedLogE(pairsOf(epochs), designEffect), designEffect };
}
