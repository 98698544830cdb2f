import { madeUpReport } from '@coppice/testkit/made-up-report';
import { expect, it } from 'vitest';
import { reportMetrics, reportPlots } from './report-figures.ts';

const report = madeUpReport(['yes', 'no']);

it('has a number for each figure of the report, and none for those that it lacks', () => {
  expect(reportMetrics({ ...report, business: null })).toEqual({
    ...{ accuracy: 0.95, macro_f1: 0.95, log_loss: 0.142, calibration_error: 0.043, test_rows: 20 },
    recall: { yes: 1, no: 0.9 },
  });
  const business = { costs: [], total: 10, per_row: 0.5, interval: [0, 1] as [number, number], majority_per_row: 2 };
  expect(reportMetrics({ ...report, business, log_loss: null, calibration: null })).toEqual({
    ...{ accuracy: 0.95, macro_f1: 0.95, cost_per_row: 0.5, test_rows: 20, recall: { yes: 1, no: 0.9 } },
  });
});

it('draws a test row as a point of the confusion matrix, and curves by class in their order', () => {
  const plots = reportPlots(report);
  const confusion = plots.get('confusion.json') ?? [];
  expect(confusion).toHaveLength(20);
  expect(confusion.filter((row) => JSON.stringify(row) === '{"actual":"no","answered":"yes"}')).toHaveLength(1);
  expect(plots.get('roc.json')?.slice(0, 2)).toEqual([
    { class: 'yes', point: 0, false_positive_rate: 0, true_positive_rate: 0 },
    { class: 'yes', point: 1, false_positive_rate: 0.05, true_positive_rate: expect.any(Number) },
  ]);
  expect(plots.get('precision_recall.json')?.at(-1)).toMatchObject({ class: 'no', point: 20 });
});
