import type { DriftReport, FeatureDrift, MeasuredDrift, ValuesDrift } from '@coppice/contract';

/** Drift reports that no small stack sends by itself: of many features, long names, and versions that differ. */

const shares = { training: 0, now: 0, p_adjusted: null };
const steps = Array.from({ length: 11 }, (_, i) => i / 4);
const deciles = steps.slice(1, 10);

function measured(feature: string, more: Partial<MeasuredDrift> = {}): MeasuredDrift {
  const counts = [2, 5, 9, 14, 18, 20, 16, 9, 5, 2];
  const training = { mean: 1.2, std: 0.6, deciles, histogram: { edges: steps, counts } };
  return {
    ...{ feature, kind: 'number', rows: 500, judged: true, drifted: false, since: null, missing: shares },
    verdict: `${feature} is like the training data`,
    ...{ ks: { statistic: 0.05, p_value: 0.5, p_adjusted: 0.9 }, chi_square: null },
    ...{ psi: { value: 0.0123, threshold: 0.397 }, mean_std: 0.02 },
    ...{ training, now: training, mean_shift: 0.031, std_ratio: 1.02, far_outside: 0 },
    ...{ outside: { below: 0, above: 0 }, versions: [] },
    ...more,
  };
}

const since = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

const petal = measured('petal_width', {
  ...{ drifted: true, since: since(12), mean_shift: 1.512, verdict: 'petal_width is 1.5 σ above its training mean' },
  ...{ ks: { statistic: 0.6, p_value: 1e-40, p_adjusted: 4e-40 }, psi: { value: 2.412, threshold: 0.397 } },
  outside: { below: 0, above: 300 },
  now: {
    ...{ mean: 9, std: 40, deciles },
    histogram: { edges: [...steps, 9999], counts: [0, 0, 10, 20, 30, 40, 40, 30, 20, 10, 300] },
  },
  versions: [
    { version: 'v1', rows: 250, missing: 0, mean_shift: 1.4, outside: 120 },
    { version: 'v2', rows: 250, missing: 0, mean_shift: 1.6, outside: 180 },
  ],
});
const town: ValuesDrift = {
  ...{ feature: 'home_town_of_the_customer_as_written_in_the_contract', kind: 'category', rows: 500, judged: true },
  ...{
    drifted: true,
    since: since(300),
    missing: { training: 0.02, now: 0.05, p_adjusted: 0.2 },
    ks: null,
    mean_std: 0.3,
  },
  verdict:
    'home_town_of_the_customer_as_written_in_the_contract: 20 % of rows are values that training never saw (“Llanfairpwllgwyngyllgogerychwyrndrobwll no. 1”)',
  ...{ chi_square: { statistic: 80, p_value: 1e-9, p_adjusted: 1e-8 }, psi: { value: 0.8, threshold: 0.21 } },
  values: [
    { value: 'York', training: 0.6, now: 0.45 },
    { value: 'Bath', training: 0.38, now: 0.3 },
  ],
  unseen: {
    ...{ training: 0, now: 0.2, p_adjusted: 1e-9 },
    examples: [{ value: 'Llanfairpwllgwyngyllgogerychwyrndrobwll no. 1', now: 0.2 }],
  },
  versions: [{ version: 'v1', rows: 500, missing: 10, unseen: 100 }],
};

function reportOf(features: FeatureDrift[], prediction: DriftReport['prediction']): DriftReport {
  const drifted = features.some((one) => one.drifted);
  return {
    ...{ ready: true, samples: 500, samples_missing: 0, window: 500, min_samples: 200, score: 0.22, threshold: 0.3 },
    ...{ level: 1e-5, drifted, since: drifted ? since(300) : null, verdict: 'drift', features, prediction },
  };
}

/** Two features and the classes of v2. */
export const drifted = reportOf([measured('sepal_length'), petal, town], {
  ...{ drifted: true, verdict: 'v2: virginica is 90 % of predictions, 33 % of its predictions for the test rows' },
  versions: [
    {
      ...{ version: 'v2', rows: 250, drifted: true, since: since(2), reference: 'test', never_predicted: [] },
      verdict: 'v2: virginica is 90 % of predictions, 33 % of its predictions for the test rows',
      classes: [
        { class: 'setosa', expected: 0.33, now: 0.05 },
        { class: 'versicolor', expected: 0.34, now: 0.05 },
        { class: 'virginica', expected: 0.33, now: 0.9 },
      ],
      ...{ chi_square: 212.34, p_value: 1e-9 },
    },
  ],
});

/** One of 64. */
export const oneOfMany = reportOf(
  [petal, ...Array.from({ length: 63 }, (_, i) => measured(`sensor_${i + 1}_reading`))],
  null,
);
