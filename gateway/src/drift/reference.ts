import type { FeatureCard, ModelCard } from '@coppice/contract';
import type { Moments } from '@coppice/statistics/moments';
import { binEdges, binShares } from '@coppice/statistics/population-stability';

/** What the window of one feature is compared with, prepared once. */
export type FeatureReference = {
  card: FeatureCard;
  moments: Moments;
  /** Ascending training values, and the same as 32-bit floats. */
  sample: readonly number[];
  sample32: readonly number[];
  /** Inner edges of the PSI bins and the reference's share in each bin. */
  edges: number[];
  shares: number[];
};

/** What the predicted classes of the window are compared with. */
export type ClassReference = {
  name: string;
  /** Share of the training rows of which this is the true class. */
  share: number;
  /** Share of the unseen test rows for which the model predicted it; null without a test split. */
  predicted: number | null;
};

export type DriftReference = { features: FeatureReference[]; classes: ClassReference[]; trainRows: number };

/** Prepares a model card for comparing windows with it. */
export function driftReference(card: ModelCard): DriftReference {
  const { confusion, rows } = card.metrics;
  return {
    features: card.features.map(featureReference),
    classes: card.classes.map(({ name, share }, j) => ({
      name,
      share,
      predicted: rows > 0 ? confusion.reduce((sum, row) => sum + (row[j] ?? 0), 0) / rows : null,
    })),
    trainRows: card.data.trainRows,
  };
}

function featureReference(card: FeatureCard): FeatureReference {
  const sample = card.sample.toSorted((x, y) => x - y);
  const edges = binEdges(card.deciles, sample);
  // the mean of equal decimals may differ from them in the last digit, and their std from 0
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
