import type { ModelReport } from '@coppice/contract';

/** What `dvc metrics` shows of a report: figures of the whole model, and each class' recall; those that it lacks are missing. */
export function reportMetrics(report: ModelReport): Record<string, unknown> {
  const { accuracy, macro_f1, log_loss, calibration, business, per_class, rows } = report;
  return {
    accuracy: accuracy.value,
    macro_f1,
    ...(log_loss !== null && { log_loss }),
    ...(calibration && { calibration_error: calibration.ece }),
    ...(business && { cost_per_row: business.per_row }),
    recall: Object.fromEntries(per_class.flatMap((one) => (one.recall === null ? [] : [[one.class, one.recall]]))),
    test_rows: rows,
  };
}

/** What `dvc plots` draws of a report: a list of points per file, by the files' names. */
export function reportPlots({ classes, confusion, roc, precision_recall }: ModelReport): Map<string, object[]> {
  return new Map<string, object[]>([
    [
      'confusion.json',
      // DVC's template counts rows
      confusion.flatMap((counts, actual) =>
        counts.flatMap((count, answered) =>
          Array.from({ length: count }, () => ({ actual: classes[actual], answered: classes[answered] })),
        ),
      ),
    ],
    [
      'roc.json',
      roc.flatMap((curve) =>
        curve.points.map(([x, y], point) => ({
          ...{ class: curve.class, point, false_positive_rate: x, true_positive_rate: y },
        })),
      ),
    ],
    [
      'precision_recall.json',
      precision_recall.flatMap((curve) =>
        curve.points.map(([recall, precision], point) => ({ class: curve.class, point, recall, precision })),
      ),
    ],
  ]);
}
