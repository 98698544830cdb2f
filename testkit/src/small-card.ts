import type { FeatureCard, FeatureValue, ModelCard } from '@coppice/contract';

/** For tests: a number from 0 to 1. `unit` parts one version's description of a feature from another's. */
export function number(name: string, unit: number | null = null): FeatureCard {
  const figures = { min: 0, max: 1, mean: 0.5, std: 0.5, step: 0.1, deciles: new Array(9).fill(0.5), sample: [0, 1] };
  const histogram = { edges: [0, 1], counts: [2] };
  return { ...common(name), unit: unit === null ? null : String(unit), kind: 'number', ...figures, histogram };
}

/** For tests: a category of these values. */
export function category(name: string, values: string[]): FeatureCard {
  const share = 1 / values.length;
  return { ...common(name), kind: 'category', values: values.map((value) => ({ value, share })), other: 0 };
}

/** For tests: a model card with these features and classes, and little else. Its rows are one of each class. */
export function cardWith(features: FeatureCard[], classes: string[]): ModelCard {
  const row = (index: number) => features.map((feature, i) => sampleOf(feature, index + i / 10));
  return {
    ...{ format: 2, name: 'small', version: 'v1', algorithm: 'none', features, parameters: {}, libraries: {} },
    classes: classes.map((name, i) => ({ name, share: 1 / classes.length, typical: row(i) })),
    rows: classes.map((_, i) => ({ features: row(i), class: i })),
    metrics: {
      ...{ rows: 0, accuracy: 0, precision: 0, recall: 0, f1: 0 },
      perClass: classes.map((name) => ({ class: name, precision: 0, recall: 0, f1: 0, support: 0 })),
      confusion: classes.map((_, i) => classes.map((_, j) => 10 * i + j)),
    },
    data: { file: 'small.csv', sha256: '0'.repeat(64), rows: 2, trainRows: 2, testRows: 0, target: 'class' },
    artifact: { file: 'model.onnx', sha256: '0'.repeat(64), bytes: 1 },
    gitCommit: null,
    createdAt: '2026-01-01T00:00:00.000Z',
  };
}

/** For tests: what a version with this card serves. */
export const servedBy = (card: ModelCard) => ({
  ...{ features: card.features.length, classes: card.classes.length, card },
});

const common = (name: string) => ({ name, unit: null, nullable: false, missing: 0 });

function sampleOf(feature: FeatureCard, number: number): FeatureValue {
  return feature.kind === 'category' ? (feature.values[0]?.value ?? null) : number;
}
