import type { Column } from '@coppice/trainer/table/table';

/** Columns of numbers, none missing, of rows of numbers; a unit may follow a name in brackets. */
export function numberColumns(titles: readonly string[], rows: readonly ArrayLike<number>[]): Column[] {
  return titles.map((title, at) => {
    const [, name = title, unit = null] = /^(.*\S)\s*\(([^()]*)\)$/.exec(title) ?? [];
    const values = Float64Array.from(rows, (row) => row[at] as number);
    return { kind: 'number', name, unit, title, place: at + 1, values };
  });
}
