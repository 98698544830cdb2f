import type { FeatureValue, HistoryRow } from '@coppice/contract';
import type { Schema } from '../port/record-store.ts';

/** The header of an export: one column per feature and per class. Without a schema only the fixed columns. */
export function csvHeader(schema: Schema): string {
  return line([
    ...['prediction_id', 'time', 'model_version', 'route', 'user_hash'],
    ...(schema?.features ?? []),
    ...['prediction', 'class'],
    ...(schema?.classes ?? []).map((name) => `probability_${name}`),
    ...['latency_ms', 'error', 'actual', 'assigned', 'release', 'source', 'reference', 'outcome'],
  ]);
}

/** One line of an export. Drops numbers beyond the schema's columns, and leaves missing ones empty. */
export function csvLine(row: HistoryRow, schema: Schema): string {
  return line([
    ...[row.prediction_id, row.time, row.model_version, row.route, row.user_hash],
    ...(schema?.features ?? []).map((_, i) => row.features[i] ?? null),
    ...[row.prediction, row.class],
    ...(schema?.classes ?? []).map((_, i) => row.probability?.[i] ?? null),
    ...[row.latency_ms, row.error, row.actual, row.assigned, row.release, row.source, row.reference, row.outcome],
  ]);
}

function line(cells: FeatureValue[]): string {
  return `${cells.map(cell).join(',')}\r\n`;
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * RFC 4180 quoting; text that a spreadsheet would run as a formula gets an apostrophe in front (OWASP, "CSV Injection").
 * A number is none, such as the class "-1".
 */
function cell(value: FeatureValue): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) && !NUMBER.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
