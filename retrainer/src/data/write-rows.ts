import type { Base } from './base-rows.ts';
import type { LabelledRow } from './recorded-row.ts';

/** Rows as CSV by RFC 4180, with the base file's header; the class is the last column. */
export function writeRows({ columns, target }: Pick<Base, 'columns' | 'target'>, rows: readonly LabelledRow[]): string {
  const lines = [[...columns.map(({ title }) => title), target], ...rows.map(({ cells, label }) => [...cells, label])];
  return lines.map((cells) => `${cells.map(quote).join(',')}\n`).join('');
}

function quote(text: string): string {
  return /^[^",\r\n#]*$/.test(text) && text.trim() === text ? text : `"${text.replaceAll('"', '""')}"`;
}
