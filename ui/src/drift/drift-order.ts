import type { FeatureDrift } from '@coppice/contract';

/** The worst features first: drifted ones, then by how small the adjusted p-value is, then by their share of the score. */
export function bySeverity(features: readonly FeatureDrift[]): FeatureDrift[] {
  return features.toSorted(
    (a, b) =>
      Number(b.drifted) - Number(a.drifted) ||
      (a.ks?.p_adjusted ?? 1) - (b.ks?.p_adjusted ?? 1) ||
      (b.mean_std ?? 0) - (a.mean_std ?? 0),
  );
}
