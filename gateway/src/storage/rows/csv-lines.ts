import type { FeatureValue, HistoryRow } from '@coppice/contract';
import type { ExportColumns } from '../port/record-store.ts';

/** The header of an export: one column per feature and per class. Without a schema only the fixed columns and `further`. */
export function csvHeader({ schema, further }: ExportColumns): string {
  return line([
    ...['prediction_id', 'time', 'model_version', 'route', 'user_hash'],
    ...[...(schema?.features ?? []), ...further],
    ...['prediction', 'class'],
    ...(schema?.classes ?? []).map((name) => `probability_${name}`),
    ...['latency_ms', 'error', 'actual', 'assigned', 'release', 'source', 'reference', 'outcome'],
  ]);
}

/**
 * One line of an export, each value below its name; a row of before, without names, has the model's in their order. Drops
 * what has no column, and leaves missing values empty.
 */
export function csvLine(row: HistoryRow, columns: ExportColumns): string {
  const { schema } = columns;
  return line([
    ...[row.prediction_id, row.time, row.model_version, row.route, row.user_hash],
    ...placesOf(row.feature_names, columns).map((place) => row.features[place] ?? null),
    ...[row.prediction, row.class],
    ...(schema?.classes ?? []).map((_, i) => row.probability?.[i] ?? null),
    ...[row.latency_ms, row.error, row.actual, row.assigned, row.release, row.source, row.reference, row.outcome],
  ]);
}

/** Where a row has the value of each feature column; -1: nowhere. */
function placesOf(names: readonly string[] | null, columns: ExportColumns): readonly number[] {
  const { schema, further } = columns;
  if (names === null) return [...(schema?.features ?? []).keys(), ...further.map(() => -1)];
  // rows with the same names share the array, as do lines of one export their columns
  const known = knownPlaces.getOrInsertComputed(columns, () => new WeakMap<readonly string[], readonly number[]>());
  return known.getOrInsertComputed(names, () => {
    const places = new Map([...names.entries()].map(([place, name]) => [name, place]));
    return [...(schema?.features ?? []), ...further].map((name) => places.get(name) ?? -1);
  });
}

const knownPlaces = new WeakMap<ExportColumns, WeakMap<readonly string[], readonly number[]>>();

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
