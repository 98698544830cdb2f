import type { BooleanCard, CategoryCard, FeatureCard, MeasuredCard, ModelCard } from '@coppice/contract';
import type { Moments } from '@coppice/statistics/moments';
import { binEdges, binShares } from '@coppice/statistics/population-stability';

type Common = {
  name: string;
  /** Training rows of the version whose card describes the feature, and how many of them had no value. */
  rows: number;
  missing: number;
  /** Whether any version takes a row without it. */
  nullable: boolean;
};

/** What a number or date was in training, prepared once. */
export type MeasuredReference = Common & {
  card: MeasuredCard;
  moments: Moments;
  /** Ascending training values, and the same as 32-bit floats. */
  sample: readonly number[];
  sample32: readonly number[];
  /** Inner edges of the PSI bins and the reference's share in each bin. */
  edges: number[];
  shares: number[];
};

/** What a category or boolean was in training. */
export type ValuesReference = Common & {
  card: CategoryCard | BooleanCard;
  /** The known values, and in how many training rows, and in which share of them, each was. */
  values: readonly string[];
  counts: readonly number[];
  shares: readonly number[];
  /** Training rows with any other value, and their share. */
  other: number;
  otherShare: number;
};

export type FeatureReference = MeasuredReference | ValuesReference;

export const isMeasured = (reference: FeatureReference): reference is MeasuredReference => 'sample' in reference;

/** The features of all versions by name, those of the first card first; each as the first card describes it that has it. */
export function featureReferences(cards: readonly ModelCard[]): FeatureReference[] {
  const references = new Map<string, FeatureReference>();
  for (const { features, data } of cards)
    for (const feature of features) {
      const known = references.get(feature.name) ?? featureReference(feature, data.trainRows);
      references.set(feature.name, feature.nullable ? { ...known, nullable: true } : known);
    }
  return [...references.values()];
}

function featureReference(card: FeatureCard, rows: number): FeatureReference {
  const { name, nullable } = card;
  const common = { name, nullable, rows, missing: Math.round(card.missing * rows) };
  return card.kind === 'number' || card.kind === 'date'
    ? { ...common, ...measured(card) }
    : { ...common, ...valued(card, rows) };
}

function measured(card: MeasuredCard): Omit<MeasuredReference, keyof Common> {
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

function valued(card: CategoryCard | BooleanCard, rows: number): Omit<ValuesReference, keyof Common> {
  const known =
    card.kind === 'boolean'
      ? [
          { value: 'false', share: 1 - card.share },
          { value: 'true', share: card.share },
        ]
      : card.values;
  // the card's shares are of the rows that have a value
  const present = 1 - card.missing;
  const shares = known.map(({ share }) => share * present);
  const otherShare = card.kind === 'boolean' ? 0 : card.other * present;
  return {
    card,
    values: known.map(({ value }) => value),
    counts: shares.map((share) => Math.round(share * rows)),
    shares,
    other: Math.round(otherShare * rows),
    otherShare,
  };
}
