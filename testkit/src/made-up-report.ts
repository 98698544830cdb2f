import type { ModelReport, SameRowsComparison } from '@coppice/contract';

/** A report of made-up but plausible figures, of any classes and features. */
export function madeUpReport(
  classes: readonly string[] = ['setosa', 'versicolor', 'virginica'],
  features: readonly string[] = ['petal_length', 'petal_width', 'sepal_length', 'sepal_width'],
): ModelReport {
  const support = 10;
  const rows = support * classes.length;
  // each class loses as many rows to the next one as its place says
  const lost = (i: number) => Math.min(4, i);
  const confusion = classes.map((_, i) =>
    classes.map((_, j) => (i === j ? support - lost(i) : j === (i + 1) % classes.length ? lost(i) : 0)),
  );
  const right = confusion.reduce((sum, counts, i) => sum + (counts[i] as number), 0);
  const curve = (bend: number) =>
    Array.from({ length: 21 }, (_, k): [number, number] => [k / 20, (k / 20) ** (1 / (1 + bend))]);
  const quality = (i: number) => 0.99 - 0.03 * lost(i);
  return {
    format: 1,
    model: 'iris',
    rows,
    classes: [...classes],
    accuracy: { value: right / rows, interval: [Math.max(0, right / rows - 0.09), Math.min(1, right / rows + 0.06)] },
    majority: { class: classes[0] as string, accuracy: 1 / classes.length },
    macro_f1: right / rows,
    log_loss: 0.142,
    per_class: classes.map((name, i) => ({
      class: name,
      precision: i === 1 ? null : quality(i),
      recall: 1 - lost(i) / support,
      f1: i === 1 ? null : quality(i),
      support,
    })),
    confusion,
    roc: classes.map((name, i) => ({ class: name, auc: quality(i), points: curve(30 - 6 * lost(i)) })),
    precision_recall: classes.map((name, i) => ({
      class: name,
      average_precision: quality(i),
      points: curve(20 - 4 * lost(i)).map(([x, y]): [number, number] => [y, 1 - x * 0.6]),
    })),
    calibration: {
      ece: 0.043,
      brier: 0.08,
      bins: Array.from({ length: 10 }, (_, k) => ({
        from: k / 10,
        to: (k + 1) / 10,
        rows: k < 3 ? 0 : k * k,
        probability: (k + 0.5) / 10,
        right: Math.min(1, (k + 0.9) / 10),
      })),
    },
    thresholds: classes.map((name) => ({
      class: name,
      rows: [0.25, 0.5, 0.75].map((threshold) => ({
        threshold,
        precision: threshold === 0.75 ? null : 0.5 + threshold / 2,
        recall: 1 - threshold / 3,
        f1: 0.8,
        answered: 1 - threshold,
      })),
    })),
    importance: features.map((feature, i) => ({
      feature,
      loss: 0.4 / (i + 1) - 0.09,
      interval: [0.4 / (i + 1) - 0.14, 0.4 / (i + 1) - 0.05],
    })),
    slices: features.flatMap((feature, i) =>
      ['2.1 or less', '2.1 to 4.9', 'more than 4.9'].map((slice, k) => ({
        feature,
        slice,
        rows: 10,
        accuracy: 0.7 + 0.1 * k,
        interval: [0.4 + 0.1 * k, Math.min(1, 0.85 + 0.05 * k + i / 100)] as [number, number],
      })),
    ),
    business: {
      costs: classes.map((_, i) => classes.map((_, j) => (i === 1 && j === 2 ? 5 : i === 2 && j === 0 ? -1.5 : 0))),
      total: 12.5,
      per_row: 12.5 / rows,
      interval: [0.1, 0.7],
      majority_per_row: 1.66667,
    },
    warnings: ['2 of 30 test rows are in the training rows too.'],
  };
}

/** The same kind of figures of two releases. */
export const madeUpComparison: SameRowsComparison = {
  release: 7,
  against: 4,
  rows: 30,
  both_right: 24,
  only_release: 3,
  only_against: 1,
  both_wrong: 2,
  difference: 2 / 30,
  interval: [-0.06, 0.19],
  at_least: -0.04,
  p: 0.625,
  cost_difference: -0.12,
  notes: ['Release 4 may have been trained on some of these rows.'],
};
