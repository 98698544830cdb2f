import type { FeatureCard, FeatureValue, ModelCard } from '@coppice/contract';
import { dateOfDays } from '@coppice/serverkit/iso-date';
import { onStep, sliderRange } from './slider-range.ts';

/** Where the inputs start: the means of numbers on their sliders' steps, the medians of dates, else the most frequent value, which may be none. */
export const startRow = (features: readonly FeatureCard[]): FeatureValue[] => features.map(startValue);

/** A typical row of a class, its numbers on the sliders' steps; what a row may not miss is as at the start. */
export function typicalRow(
  { features, classes }: Pick<ModelCard, 'features' | 'classes'>,
  index: number,
): FeatureValue[] {
  return features.map((feature, i) => {
    const value = classes[index]?.typical[i] ?? null;
    if (value === null) return feature.nullable ? null : startValue(feature);
    return feature.kind === 'number' && typeof value === 'number' ? onStep(value, sliderRange(feature)) : value;
  });
}

function startValue(feature: FeatureCard): FeatureValue {
  if (feature.nullable && feature.missing > mostFrequent(feature)) return null;
  switch (feature.kind) {
    case 'number':
      return onStep(feature.mean, sliderRange(feature));
    case 'boolean':
      return feature.share > 0.5;
    case 'category':
      return feature.values[0]?.value ?? '';
    case 'date':
      return dateOfDays(
        feature.step < 1 ? (feature.deciles[4] ?? feature.mean) : Math.round(feature.deciles[4] ?? feature.mean),
      );
  }
}

/** The share of all training rows that must be without a value before the start is. */
function mostFrequent(feature: FeatureCard): number {
  return feature.kind === 'category' ? (feature.values[0]?.share ?? 0) * (1 - feature.missing) : 0.5;
}
