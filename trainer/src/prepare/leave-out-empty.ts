import { type Column, isMissing, type Table } from '../table/table.ts';

/** The table without columns of which no training row has a value: nothing can be learned from them. */
export function leaveOutEmpty(table: Table, trainRows: readonly number[]): Table {
  if (trainRows.length === 0) return table;
  const isEmpty = (column: Column) => trainRows.every((row) => isMissing(column, row));
  const empty = table.columns.filter(isEmpty);
  if (empty.length === 0) return table;
  return {
    ...table,
    columns: table.columns.filter((column) => !empty.includes(column)),
    leftOut: [...table.leftOut, ...empty.map((column) => ({ title: column.title, reason: reasonOf(column, table) }))],
  };
}

function reasonOf(column: Column, { lines }: Table): string {
  return lines.every((_, row) => isMissing(column, row))
    ? 'no row has a value'
    : 'only test rows have a value; another --seed may bring it into training';
}
