import type { ModelCard, NumberCard } from '@coppice/contract';
import type { Moments } from '@coppice/statistics/moments';
import { binEdges, binShares } from '@coppice/statistics/population-stability';

/** The reference of one feature, prepared once. */
export type FeatureReference = {
  card: NumberCard;
  moments: Moments;
  /** Ascending training values, and the same as 32-bit floats. */
  sample: readonly number[];
  sample32: readonly number[];
  /** Inner edges of the PSI bins and the reference's share in each bin. */
  edges: number[];
  shares: number[];
};

/** What a version's predictions are expected to be, in rows of each class. */
export type ExpectedMix = {
  classes: readonly string[];
  /** What it predicted for its unseen test rows; null without a test split. */
  test: readonly number[] | null;
  /** The true classes of its training rows. */
  training: readonly number[];
};

export type DriftReference = {
  features: FeatureReference[];
  classes: number;
  /** Null for a version without a model card. */
  mixOf(version: string): ExpectedMix | null;
};

/** Prepares a model card for comparing windows with it; `cardOf` gives each version's own card. */
export function driftReference(card: ModelCard, cardOf: (version: string) => ModelCard | null): DriftReference {
  const mixes = new Map<string, ExpectedMix>();
  return {
    features: card.features.filter((feature) => feature.kind === 'number').map(featureReference),
    classes: card.classes.length,
    mixOf(version) {
      const own = mixes.get(version) ?? expectedMix(cardOf(version));
      if (own) mixes.set(version, own);
      return own;
    },
  };
}

function expectedMix(card: ModelCard | null): ExpectedMix | null {
  if (!card) return null;
  const { confusion, rows } = card.metrics;
  return {
    classes: card.classes.map(({ name }) => name),
    test: rows > 0 ? card.classes.map((_, j) => confusion.reduce((sum, row) => sum + (row[j] ?? 0), 0)) : null,
    training: card.classes.map(({ share }) => share * card.data.trainRows),
  };
}

function featureReference(card: NumberCard): FeatureReference {
  const sample = card.sample.toSorted((x, y) => x - y);
  const edges = binEdges(card.deciles, sample);
  // the mean of equal decimals may differ from them in its last digit, and their std from 0
  const constant = card.min === card.max || card.std === 0;
  return {
    card,
    moments: constant ? { mean: card.min, std: 0 } : { mean: card.mean, std: card.std },
    sample,
    sample32: sample.map(Math.fround),
    edges,
    shares: binShares(edges, sample),
  };
}
