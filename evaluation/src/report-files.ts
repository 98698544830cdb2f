import type { ModelReport, SameRowsComparison } from '@coppice/contract';

/** The report as files, by their names below `report/`: JSON, CSV, PNG, and one HTML page that needs nothing else. */
export function reportFiles(
  _report: ModelReport,
  _comparison: SameRowsComparison | null,
): Promise<Map<string, Uint8Array>> {
  throw new Error('not built yet');
}
