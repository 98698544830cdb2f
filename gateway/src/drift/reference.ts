import type { ModelCard } from '@coppice/contract';
import { type FeatureReference, featureReferences } from './feature-reference.ts';

/** What a version's predictions are expected to be, in rows of each class. */
export type ExpectedMix = {
  classes: readonly string[];
  /** What it predicted for its unseen test rows; null without a test split. */
  test: readonly number[] | null;
  /** The true classes of its training rows. */
  training: readonly number[];
};

export type DriftReference = {
  features: readonly FeatureReference[];
  classes: number;
  /** Null for a version without a model card. */
  mixOf(version: string): ExpectedMix | null;
};

/**
 * Prepares model cards for comparing windows with them; `cardOf` gives each version's own card. `classes` are in the order
 * in which predictions name them by number: the first card's, unless another is given.
 */
export function driftReference(
  cards: readonly ModelCard[],
  cardOf: (version: string) => ModelCard | null,
  classes: readonly string[] = cards[0]?.classes.map(({ name }) => name) ?? [],
): DriftReference {
  const mixes = new Map<string, ExpectedMix>();
  return {
    features: featureReferences(cards),
    classes: classes.length,
    mixOf(version) {
      const own = mixes.get(version) ?? expectedMix(cardOf(version), classes);
      if (own) mixes.set(version, own);
      return own;
    },
  };
}

function expectedMix(card: ModelCard | null, classes: readonly string[]): ExpectedMix | null {
  if (!card) return null;
  const { confusion, rows } = card.metrics;
  const own = new Map(card.classes.map(({ name, share }, j) => [name, { share, j }]));
  const predicted = (j: number) => confusion.reduce((sum, row) => sum + (row[j] ?? 0), 0);
  return {
    classes,
    test: rows > 0 ? classes.map((name) => predicted(own.get(name)?.j ?? -1)) : null,
    training: classes.map((name) => (own.get(name)?.share ?? 0) * card.data.trainRows),
  };
}
