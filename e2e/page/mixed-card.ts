import type { FeatureCard, FeatureValue, ModelCard } from '@coppice/contract';

/** Model cards with features of all kinds and awkward names, for states of the page that no small model has. */

const common = (name: string, unit: string | null, missing: number | null) => ({
  ...{ name, unit, nullable: missing !== null, missing: missing ?? 0 },
});
const steps = (min: number, max: number, count: number) =>
  Array.from({ length: count }, (_, i) => min + ((max - min) * i) / (count - 1));
const measured = (min: number, max: number, step: number) => ({
  ...{ min, max, step, mean: (min + max) / 2, std: (max - min) / 4 },
  ...{ deciles: steps(min, max, 11).slice(1, 10), sample: steps(min, max, 20) },
  histogram: { edges: steps(min, max, 11), counts: [2, 5, 9, 14, 18, 20, 16, 9, 5, 2] },
});
const category = (name: string, values: string[], missing: number | null): FeatureCard => ({
  ...common(name, null, missing),
  kind: 'category',
  values: values.map((value, i) => ({ value, share: 0.9 ** (i + 1) / 8 + (i === 0 ? 0.2 : 0) })),
  other: 0.04,
});
const long = 'average_monthly_charge_over_the_last_twelve_complete_months';
const cities = Array.from({ length: 54 }, (_, i) => `Llanfairpwllgwyngyllgogerychwyrndrobwll no. ${i + 1}`);

const mixed: FeatureCard[] = [
  { ...common('tenure', 'months', null), kind: 'number', ...measured(0, 72, 1) },
  { ...common(long, 'EUR per month', 0.18), kind: 'number', ...measured(18.25, 118.75, 0.05) },
  category('contract', ['Month-to-month', 'Two year', 'One year'], 0.03),
  category('city', cities, null),
  { ...common('paperless_billing', null, 0.11), kind: 'boolean', share: 0.59 },
  { ...common('senior', null, null), kind: 'boolean', share: 0.16 },
  { ...common('signed_up', null, 0.02), kind: 'date', ...measured(17_000, 19_900, 1) },
  { ...common('last_call', null, null), kind: 'date', ...measured(19_800, 19_900, 0.01) },
];

const valuesAt = (row: number): FeatureValue[] => [
  ...[
    3 + row * 20,
    row % 3 === 0 ? null : 20 + row * 40,
    ['Month-to-month', null, 'Two year'][row % 3] as FeatureValue,
  ],
  ...[cities[row % cities.length] as string, row % 2 === 0, row % 4 === 1],
  ...[row % 3 === 2 ? null : `20${18 + (row % 5)}-03-31`, `2024-05-0${(row % 8) + 1}T12:30:00Z`],
];

/** Each kind with gaps and without, a long name, 54 long values, dates with times. */
export const mixedCard = cardOf('churn', mixed, [0, 1, 2].map(valuesAt));

/** As many as one searches: 60 numbers and four others. */
export const wideCard = cardOf(
  'wide',
  [
    ...Array.from({ length: 60 }, (_, i): FeatureCard => {
      const kind = { kind: 'number', ...measured(-i, i + 1, 0.1) } as const;
      return { ...common(`sensor_${i + 1}_reading`, i % 2 === 0 ? 'mV' : null, i % 5 === 0 ? 0.1 : null), ...kind };
    }),
    ...mixed.slice(2, 6),
  ],
  [0, 1, 2].map((row) => [...Array.from({ length: 60 }, (_, i) => row * (i / 4)), ...valuesAt(row).slice(2, 6)]),
);

function cardOf(name: string, features: FeatureCard[], rows: FeatureValue[][]): ModelCard {
  const classes = ['stays', 'leaves', 'comes back'];
  const hash = '0'.repeat(64);
  return {
    ...{ format: 2, name, version: 'v1', algorithm: 'random-forest', features },
    classes: classes.map((one, i) => ({ name: one, share: 1 / 3, typical: rows[i] as FeatureValue[] })),
    rows: rows.map((values, i) => ({ features: values, class: i })),
    parameters: { trees: 100 },
    metrics: {
      ...{ rows: 30, accuracy: 0.9, precision: 0.9, recall: 0.9, f1: 0.9, confusion: [] },
      perClass: classes.map((one) => ({ class: one, precision: 0.9, recall: 0.9, f1: 0.9, support: 10 })),
    },
    data: { file: `${name}.csv`, sha256: hash, rows: 150, trainRows: 120, testRows: 30, target: 'class' },
    artifact: { file: 'model.onnx', sha256: hash, bytes: 1000 },
    ...{ libraries: {}, gitCommit: null, createdAt: '2026-01-01T00:00:00.000Z' },
  };
}

/** The wide one with 30 classes of long names. */
export const crowdedCard: ModelCard = {
  ...wideCard,
  classes: Array.from({ length: 30 }, (_, i) => ({
    ...{
      name: `${i % 3 === 0 ? '🌲 ' : ''}class no. ${i + 1}${i % 4 === 1 ? ' of customers who may come back' : ''}`,
      share: 1 / 30,
    },
    typical: wideCard.classes[i % 3]?.typical ?? [],
  })),
};
