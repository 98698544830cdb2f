import { count } from '../table/count.ts';
import { quoted } from '../table/data-error.ts';
import type { Table } from '../table/table.ts';
import { type Summary, summarizeColumn, summarizeTarget } from './summarize-column.ts';

const longestName = 32;

/**
 * A table as it was understood, for a person: a line for each column (`most` of them), then what was decided, what is left
 * out and the warnings. Lines may hold text of the file: print them escaped.
 */
export function describeTable(table: Table, warnings: readonly string[], most = Number.POSITIVE_INFINITY): string[] {
  const { columns, target } = table;
  const rows = [
    ...columns
      .slice(0, most)
      .map((column) => ({ place: column.place, cells: row(column.title, column.kind, summarizeColumn(column)) })),
    { place: target.place, cells: row(target.title, 'target', summarizeTarget(target)) },
  ].sort((a, b) => a.place - b.place);
  const lines = align([['column', 'kind', 'missing', 'distinct', 'values'], ...rows.map(({ cells }) => cells)]);
  const hidden = columns.length - Math.min(most, columns.length);
  return [
    `${table.file}: ${count(table.lines.length, 'row')}, ${count(columns.length, 'feature')}; ${table.format}`,
    ...lines.map((line) => `  ${line}`),
    ...(hidden > 0 ? [`  and ${count(hidden, 'more column')} (--describe shows them all)`] : []),
    ...table.notices.map((notice) => `note: ${notice}`),
    ...table.leftOut.map(({ title, reason }) => `left out: ${quoted(title)}, ${reason}`),
    ...warnings.map((warning) => `warning: ${warning}`),
  ];
}

function row(title: string, kind: string, { missing, distinct, range }: Summary): string[] {
  const name = title.length > longestName ? `${title.slice(0, longestName - 1)}…` : title;
  return [name, kind, missing === 0 ? '–' : missing.toLocaleString('en'), distinct.toLocaleString('en'), range];
}

/** Text to the left, the two counts to the right. */
function align(rows: readonly string[][]): string[] {
  const widths = [0, 1, 2, 3].map((at) => Math.max(...rows.map((cells) => (cells[at] as string).length)));
  return rows.map((cells) =>
    cells
      .map((cell, at) => {
        const width = widths[at] ?? 0;
        return at === 2 || at === 3 ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd(),
  );
}
