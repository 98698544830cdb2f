import { pairsOf, type RiskEpoch, riskDesignEffect, twoSidedLogE } from './relative-risk.ts';

/**
 * ln E that the candidate got another share of rows than `share` of each epoch says, counted by user bucket. For a sample
 * ratio mismatch, requests assigned against the weights' share; for a feedback mismatch, rows with feedback against the
 * share of answered rows. Rows of sticky users count less: by the design effect at that share, or by how unevenly rows
 * fall into buckets if that is more, which shows how many rows a user has even while the candidate has no user yet.
 */
export function sampleRatioLogE(epochs: readonly RiskEpoch[]): { logE: number; designEffect: number } {
  const designEffect = Math.max(riskDesignEffect(epochs, 0), unevenness(epochs));
  return { logE: twoSidedLogE(pairsOf(epochs), designEffect), designEffect };
}

/** Variance of rows by bucket ÷ their mean: 1 for independent rows, rows per user where users fall into buckets by chance. */
function unevenness(epochs: readonly RiskEpoch[]): number {
  const buckets = epochs[0]?.candidate.length ?? 0;
  let total = 0;
  let squares = 0;
  for (let bucket = 0; bucket < buckets; bucket++) {
    let rows = 0;
    for (let i = 0; i < epochs.length; i++) {
      const { candidate, baseline } = epochs[i] as RiskEpoch;
      rows += (candidate[bucket] as number) + (baseline[bucket] as number);
    }
    total += rows;
    squares += rows * rows;
  }
  if (buckets < 2 || total === 0) return 0;
  const mean = total / buckets;
  return ((squares / buckets - mean * mean) * (buckets / (buckets - 1))) / mean;
}
