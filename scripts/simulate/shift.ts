import type { FeatureCard } from '@coppice/contract';

export type Shift = {
  feature: string;
  by: number;
  unit: 'sd' | 'own';
};

/** Reads `petal_width=+1.5sd` (training standard deviations) or `petal_width=-0.3` (the feature's own unit); null for anything else. */
export function parseShift(text: string): Shift | null {
  const [, feature, by, sd] = /^(.+)=([+-]?\d+(?:\.\d+)?)(sd)?$/.exec(text) ?? [];
  return feature && by ? { feature, by: Number(by), unit: sd ? 'sd' : 'own' } : null;
}

/** The offset of each feature, in its own unit. Throws for a name that the model does not have. */
export function offsets(shifts: readonly Shift[], features: readonly FeatureCard[]): number[] {
  const names = features.map(({ name }) => name);
  const added = new Array<number>(features.length).fill(0);
  for (const { feature, by, unit } of shifts) {
    const at = names.indexOf(feature);
    if (at < 0) throw new RangeError(`the model has no feature ${feature}; it has ${names.join(', ')}`);
    added[at] = (added[at] as number) + by * (unit === 'sd' ? stdOf(features[at]) : 1);
  }
  return added;
}

const stdOf = (feature: FeatureCard | undefined) => (feature && 'std' in feature ? feature.std : 0);
