import type { ModelReport } from '@coppice/contract';
import { businessMetrics } from './draw/business-metrics.ts';
import { classificationReport } from './draw/classification-report.ts';
import { drawPng } from './draw/draw-png.ts';
import { reportCharts } from './draw/report-charts.ts';
import { reportPage } from './draw/report-page.ts';
import type { Compared } from './draw/report-sentence.ts';
import { reportTables } from './draw/report-tables.ts';

/**
 * The report as files, by their names below `report/`: JSON, CSV, PNG, and one HTML page that needs nothing else. Charts of
 * probabilities and the file of costs are missing where the report has none.
 */
export async function reportFiles(report: ModelReport, comparison: Compared | null): Promise<Map<string, Uint8Array>> {
  const pictures = Object.entries(reportCharts(report)).map(
    async ([name, { chart }]): Promise<[string, Uint8Array]> => {
      return [name, await drawPng(chart)];
    },
  );
  const business = businessMetrics(report);
  return new Map([
    ['report.json', json(report)],
    ['report.html', Buffer.from(reportPage(report, comparison))],
    ['classification_report.json', json(classificationReport(report))],
    ...(business ? [['business_metrics.json', json(business)] as const] : []),
    ...Object.entries(reportTables(report)).map(([name, text]) => [name, Buffer.from(text)] as const),
    ...(await Promise.all(pictures)),
  ]);
}

const json = (value: unknown) => Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
