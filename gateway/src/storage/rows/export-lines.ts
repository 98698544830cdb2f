import type { HistoryRow } from '@coppice/contract';
import type { ExportFormat } from '../port/record-store.ts';
import { csvHeader, csvLine } from './csv-lines.ts';

export function exportHeader(format: ExportFormat): string {
  return format.kind === 'csv' ? csvHeader(format) : '';
}

export function exportLine(row: HistoryRow, format: ExportFormat): string {
  return format.kind === 'csv' ? csvLine(row, format) : `${JSON.stringify(row)}\n`;
}
