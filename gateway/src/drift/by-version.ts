import type { FeatureDrift } from '@coppice/contract';
import { moments } from '@coppice/statistics/moments';
import { type FeatureReference, isMeasured } from './feature-reference.ts';
import { outside } from './training-range.ts';
import type { Seen } from './window-column.ts';

/** A drifted feature with what each of the versions has seen of it; those without such a row are left out. */
export function byVersion(
  feature: FeatureDrift,
  reference: FeatureReference,
  versions: readonly string[],
  seenOf: (version: string) => Seen,
): FeatureDrift {
  const parts = versions.map((version) => ({ version, seen: seenOf(version) })).filter(({ seen }) => seen.rows > 0);
  if (!('training' in feature))
    return {
      ...feature,
      versions: parts.map(({ version, seen: { rows, missing, ...seen } }) => ({
        ...{ version, rows, missing },
        unseen: 'unseen' in seen ? seen.unseen : 0,
      })),
    };
  const { mean, std } = feature.training;
  return {
    ...feature,
    versions: parts.map(({ version, seen: { rows, missing, ...seen } }) => {
      const values = 'sorted' in seen ? seen.sorted : [];
      const { below, above } = isMeasured(reference) ? outside(values, reference.card) : { below: 0, above: 0 };
      const shift = values.length > 0 && std > 0 ? (moments(values).mean - mean) / std : null;
      return { version, rows, missing, mean_shift: shift, outside: below + above };
    }),
  };
}
