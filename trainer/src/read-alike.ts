import { readCsv } from './csv/read-csv.ts';
import { DataError, quoted } from './table/data-error.ts';
import type { Column, Heading, Kind, Table } from './table/table.ts';

type Named = Pick<Heading, 'name' | 'title' | 'unit'>;

/** What rows are read like: the columns with their kinds, the target and its classes. */
export type Like = {
  columns: readonly (Named & { kind: Kind })[];
  target: Named;
  classes: readonly string[];
  /** Whose classes they are and what to do about a row of another one, for its error. */
  whose: string;
};

/**
 * A CSV file as a table with the columns, kinds and classes of another one, however its cells look. Throws `DataError` for a file that
 * lacks a column, and for a row without a class or of another one.
 */
export function readAlike(bytes: Buffer, file: string, { columns, target, classes, whose }: Like): Table {
  const table = readCsv(bytes, {
    ...{ file, header: true, target: target.title, only: columns.map(({ title }) => title) },
    types: [
      ...columns.map(({ title, kind }) => ({ column: title, kind })),
      { column: target.title, kind: 'category' as const },
    ],
  });
  const labelOf = table.target.classes.map((name) => classes.indexOf(name));
  const unknown = table.target.classes.find((_, label) => labelOf[label] === -1);
  if (unknown !== undefined) throw new DataError(`${file}: ${quoted(unknown)} is none of the classes ${whose}`);
  const labels = table.target.labels.map((label) => (label < 0 ? -1 : (labelOf[label] as number)));
  const gap = labels.indexOf(-1);
  if (gap >= 0) throw new DataError(`${file}, line ${table.lines[gap]}: the row has no class`);
  return {
    ...table,
    leftOut: [],
    columns: columns.map(({ name, title, unit }) => ({
      ...(table.columns.find((column) => column.title === title) as Column),
      ...{ name, title, unit },
    })),
    target: { ...table.target, ...target, classes: [...classes], labels },
  };
}
