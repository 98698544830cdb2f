/** Files of a report that a server shows, and what they are. Test rows are none of them: they are data of people. */
export const reportTypes = {
  'report.html': 'text/html; charset=utf-8',
  'report.json': 'application/json; charset=utf-8',
  'classification_report.json': 'application/json; charset=utf-8',
  'business_metrics.json': 'application/json; charset=utf-8',
  'feature_importance.csv': 'text/csv; charset=utf-8',
  'thresholds.csv': 'text/csv; charset=utf-8',
  'slices.csv': 'text/csv; charset=utf-8',
  'confusion_matrix.png': 'image/png',
  'roc_curve.png': 'image/png',
  'precision_recall_curve.png': 'image/png',
  'calibration.png': 'image/png',
} as const;
export type ReportFile = keyof typeof reportTypes;

/** Whether it is one of them. */
export function isReportFile(name: string): name is ReportFile {
  return Object.hasOwn(reportTypes, name);
}

/** Headers of every file of a report: names in it come from outside, so that a browser must run nothing of it. */
export const reportHeaders = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-cache',
} as const;
