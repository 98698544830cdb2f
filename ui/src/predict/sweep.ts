import type { FeatureCard, FeatureValue } from '@coppice/contract';
import { dateOfDays } from '@coppice/serverkit/iso-date';
import { dateRange, onStep, type SliderRange, sliderRange } from './slider-range.ts';

/** A picture needs no more steps of a number. */
const MOST_STEPS = 61;
/** More bars are hard to read: the most frequent values are drawn, and the present one. */
export const MOST_BARS = 12;
/** Values that a request may have in all: far fewer than the gateway takes. */
const MOST_VALUES = 30_000;

/** The range that a number or a date is swept through, dates in days; null of what has no order. */
export function sweptRange(feature: FeatureCard): SliderRange | null {
  if (feature.kind === 'number') return sliderRange(feature);
  return feature.kind === 'date' ? dateRange(feature) : null;
}

/**
 * The values that a feature is swept through, in a row of so many features: steps of a number or a date; of words those that
 * the model knows and the present one. Missing comes last, where it may be.
 */
export function sweptValues(feature: FeatureCard, present: FeatureValue, features = 1): FeatureValue[] {
  const most = Math.min(MOST_STEPS, Math.max(11, Math.floor(MOST_VALUES / features)));
  return [...presentValues(feature, present, most), ...(feature.nullable ? [null] : [])];
}

function presentValues(feature: FeatureCard, present: FeatureValue, most: number): FeatureValue[] {
  switch (feature.kind) {
    case 'boolean':
      return [true, false];
    case 'category': {
      const known = feature.values.map(({ value }) => value);
      return typeof present === 'string' && !known.includes(present) ? [...known, present] : known;
    }
    case 'number':
      return steps(sliderRange(feature), most);
    case 'date':
      return steps(dateRange(feature), most).map(dateOfDays);
  }
}

function steps(range: SliderRange, most: number): number[] {
  const wanted = Math.max(1, Math.min(most - 1, Math.round((range.max - range.min) / range.step)));
  return Array.from({ length: wanted + 1 }, (_, i) =>
    onStep(range.min + ((range.max - range.min) * i) / wanted, range),
  );
}
