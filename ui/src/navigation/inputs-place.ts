import type { FeatureCard, FeatureValue } from '@coppice/contract';
import { daysOfDate } from '@coppice/serverkit/iso-date';

/** The parameters of an address that keep a row of values by feature name: a missing value is an empty one. */
export function inputParameters(
  names: readonly string[],
  values: readonly FeatureValue[],
): Record<string, string | null> {
  return Object.fromEntries(
    names.map((name, i) => {
      const value = values[i];
      return [name, value === undefined ? '' : value === null ? null : String(value)];
    }),
  );
}

/** The values that `inputParameters` has kept, in feature order; undefined where there is none that the feature can have. */
export function readInputs(
  features: readonly FeatureCard[],
  parameters: URLSearchParams,
): (FeatureValue | undefined)[] {
  return features.map((feature) => {
    const text = parameters.get(feature.name);
    if (text === null) return undefined;
    if (text === '') return feature.nullable ? null : undefined;
    return readers[feature.kind](text);
  });
}

const booleans: Record<string, boolean> = { true: true, false: false, 1: true, 0: false };
const readers: Record<FeatureCard['kind'], (text: string) => FeatureValue | undefined> = {
  number: (text) => (Number.isFinite(Number(text)) ? Number(text) : undefined),
  boolean: (text) => (Object.hasOwn(booleans, text) ? booleans[text] : undefined),
  category: (text) => text,
  date: (text) => (daysOfDate(text) === undefined ? undefined : text),
};
