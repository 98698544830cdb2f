import type { FeatureDrift } from '@coppice/contract';

/** The worst features first: drifted ones, then by their smallest adjusted p-value, then by their part of the score. */
export function bySeverity(features: readonly FeatureDrift[]): FeatureDrift[] {
  return features.toSorted(
    (a, b) =>
      Number(b.drifted) - Number(a.drifted) || smallestP(a) - smallestP(b) || (b.mean_std ?? 0) - (a.mean_std ?? 0),
  );
}

/** Of all tests of a feature: its distribution, its gaps, its new values. */
function smallestP(feature: FeatureDrift): number {
  const unseen = 'unseen' in feature ? feature.unseen.p_adjusted : null;
  const distribution = (feature.ks ?? feature.chi_square)?.p_adjusted;
  return Math.min(distribution ?? 1, feature.missing.p_adjusted ?? 1, unseen ?? 1);
}
