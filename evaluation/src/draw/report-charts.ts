import type { ModelReport } from '@coppice/contract';
import { calibrationChart } from './calibration-chart.ts';
import type { Chart } from './chart.ts';
import { confusionChart } from './confusion-chart.ts';
import { curvesChart } from './curves-chart.ts';

/** The charts that are files of their own, by name, with their titles. Those of probabilities are missing where the model answers none. */
export function reportCharts(report: ModelReport): Record<string, { title: string; chart: Chart }> {
  const { roc, precision_recall, calibration } = report;
  // of two classes the curve of one is that of the other, mirrored
  const curves = roc.length === 2 ? roc.slice(1) : roc;
  return {
    'confusion_matrix.png': { title: 'Confusion matrix', chart: confusionChart(report) },
    ...(curves.length > 0 && {
      'roc_curve.png': {
        title: 'ROC curve',
        chart: curvesChart({
          axes: { x: 'False positive rate', y: 'True positive rate' },
          area: 'AUC',
          chance: [
            [0, 0],
            [1, 1],
          ],
          text: 'ROC curve of each class against the rest.',
          curves: curves.map(({ auc, ...curve }) => ({ ...curve, area: auc })),
        }),
      },
    }),
    ...(precision_recall.length > 0 && {
      'precision_recall_curve.png': {
        title: 'Precision and recall',
        chart: curvesChart({
          axes: { x: 'Recall', y: 'Precision' },
          area: 'average precision',
          chance: null,
          text: 'Precision by recall of each class against the rest.',
          curves: precision_recall.map(({ average_precision, ...curve }) => ({ ...curve, area: average_precision })),
        }),
      },
    }),
    ...(calibration && { 'calibration.png': { title: 'Calibration', chart: calibrationChart(calibration) } }),
  };
}
