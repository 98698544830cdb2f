import { type EpochPair, totalOf } from '@coppice/statistics/bucketed';

/**
 * The means of both versions, where each epoch counts in both by its part of the information (n_T·n_C/N), so that they
 * differ by the effect. Epochs of one version alone are left out; null without any other.
 */
export function meansOf(epochs: readonly EpochPair[]): { candidate: number; baseline: number } | null {
  let [h, candidate, baseline] = [0, 0, 0];
  for (const epoch of epochs.filter(hasBoth)) {
    const [nT, nC] = [totalOf(epoch.candidate.n), totalOf(epoch.baseline.n)];
    const weight = (nT * nC) / (nT + nC);
    h += weight;
    candidate += (weight * totalOf(epoch.candidate.sum)) / nT;
    baseline += (weight * totalOf(epoch.baseline.sum)) / nC;
  }
  return h === 0 ? null : { candidate: candidate / h, baseline: baseline / h };
}

/** Whether both versions have anything in an epoch. */
export function hasBoth({ candidate, baseline }: EpochPair): boolean {
  return totalOf(candidate.n) > 0 && totalOf(baseline.n) > 0;
}
