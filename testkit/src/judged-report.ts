import type { ModelReport } from '@coppice/contract';

type Wanted = { classes?: readonly string[]; confusion?: number[][] } & Partial<ModelReport>;

/** A report of two classes with 30 test rows, of which the model answers 27 right; all figures follow from `confusion`. */
export function judgedReport({
  classes = ['a', 'b'],
  confusion = [
    [14, 1],
    [2, 13],
  ],
  ...more
}: Wanted = {}): ModelReport {
  const at = (actual: number, answered: number) => confusion[actual]?.[answered] ?? 0;
  const sum = (of: (i: number) => number) => classes.reduce((total, _, i) => total + of(i), 0);
  const rows = sum((i) => sum((j) => at(i, j)));
  const accuracy = sum((i) => at(i, i)) / rows;
  const per_class = classes.map((name, i) => {
    const [support, answered] = [sum((j) => at(i, j)), sum((j) => at(j, i))];
    return {
      class: name,
      precision: answered === 0 ? null : at(i, i) / answered,
      recall: support === 0 ? null : at(i, i) / support,
      f1: support + answered === 0 ? null : (2 * at(i, i)) / (support + answered),
      support,
    };
  });
  return {
    format: 1,
    model: 'iris',
    ...{ rows, classes: [...classes], confusion, per_class },
    accuracy: { value: accuracy, interval: [Math.max(0, accuracy - 0.1), Math.min(1, accuracy + 0.1)] },
    majority: { class: classes[0] ?? '', accuracy: 0.5 },
    macro_f1: per_class.reduce((total, { f1 }) => total + (f1 ?? 0), 0) / classes.length,
    log_loss: 0.4,
    roc: classes.map((name) => ({
      class: name,
      auc: 0.95,
      points: [[0, 0] as [number, number], [1, 1] as [number, number]],
    })),
    ...{ precision_recall: [], thresholds: [], importance: [], slices: [], warnings: [] },
    calibration: { ece: 0.05, brier: 0.2, bins: [] },
    business: {
      ...{ costs: classes.map(() => classes.map(() => 0)), total: 6, per_row: 0.2 },
      ...{ interval: [0.1, 0.3] as [number, number], majority_per_row: 1 },
    },
    ...more,
  };
}
