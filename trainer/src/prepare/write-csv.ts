import { cellValue } from '../table/cell-value.ts';
import type { Table } from '../table/table.ts';

/**
 * Rows as CSV by RFC 4180, in the form in which clients send values: decimal points, true and false, ISO 8601 dates, an empty cell
 * where a value is missing. The class is the last column.
 */
export function writeCsv({ columns, target }: Table, rows: readonly number[]): string {
  const header = [...columns, target].map(({ title }) => title);
  const lines = rows.map((row) => [
    ...columns.map((column) => String(cellValue(column, row) ?? '')),
    target.classes[target.labels[row] as number] as string,
  ]);
  return `${[header, ...lines].map((cells) => cells.map(quote).join(',')).join('\n')}\n`;
}

function quote(text: string): string {
  return /^[^",\r\n#]*$/.test(text) && text.trim() === text ? text : `"${text.replaceAll('"', '""')}"`;
}
