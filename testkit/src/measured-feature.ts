import type { MeasuredCard, ModelCard } from '@coppice/contract';

/** A feature that has figures. Throws for one of another kind. */
export function measuredFeature(card: Pick<ModelCard, 'features'>, index: number): MeasuredCard {
  const feature = card.features[index];
  if (feature?.kind === 'number' || feature?.kind === 'date') return feature;
  throw new Error(`feature ${index} has no figures`);
}
