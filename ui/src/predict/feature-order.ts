import type { FeatureCard, FeatureValue, ModelCard } from '@coppice/contract';
import { daysOfDate } from '@coppice/serverkit/iso-date';

/**
 * Positions of the features, those first whose typical values of the classes lie furthest apart, in standard deviations; ties
 * stay in the card's order. A stand-in for importances, which the card does not have.
 */
export function featureOrder({ features, classes }: Pick<ModelCard, 'features' | 'classes'>): number[] {
  const spreads = features.map((feature, i) => {
    const typical = classes.map((one) => one.typical[i] ?? null);
    return spread(feature, typical);
  });
  return spreads.map((_, i) => i).toSorted((a, b) => (spreads[b] as number) - (spreads[a] as number));
}

function spread(feature: FeatureCard, typical: readonly FeatureValue[]): number {
  if (feature.kind === 'number' || feature.kind === 'date') {
    const numbers = typical.map(numberOf).filter((value) => value !== undefined);
    return numbers.length === 0 ? 0 : (Math.max(...numbers) - Math.min(...numbers)) / (feature.std || 1);
  }
  // of words it only matters whether they differ: 0 or 1 of the most frequent one
  if (new Set(typical).size < 2) return 0;
  const share = feature.kind === 'boolean' ? feature.share : (feature.values[0]?.share ?? 0);
  return 1 / (Math.sqrt(share * (1 - share)) || 1);
}

function numberOf(value: FeatureValue): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? daysOfDate(value) : undefined;
}
