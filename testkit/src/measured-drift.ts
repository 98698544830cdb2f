import type { DriftReport, MeasuredDrift } from '@coppice/contract';

/** A feature of a report that has figures. Throws for one of another kind. */
export function measuredDrift({ features }: Pick<DriftReport, 'features'>, index: number): MeasuredDrift {
  const feature = features[index];
  if (feature && 'training' in feature) return feature;
  throw new Error(`feature ${index} has no figures`);
}
