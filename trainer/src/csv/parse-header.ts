import { DataError, quoted } from '../table/data-error.ts';

type Column = { name: string; unit: string | null };
export type Header = { features: Column[]; target: Column; targetAt: number };

/**
 * Names and units (`sepal_length (cm)`) from a header line. Without a target the last column is it.
 * Throws `DataError` for an empty or duplicate name, an unknown target, and when nothing is left to learn from.
 */
export function parseHeader(cells: readonly string[], target: string | undefined, at: string): Header {
  const columns = cells.map(parseColumn);
  const seen = new Map<string, number>();
  columns.forEach(({ name }, index) => {
    if (name === '') throw new DataError(`${at}, column ${index + 1}: the column has no name`);
    const first = seen.get(name);
    if (first !== undefined)
      throw new DataError(`${at}, column ${index + 1}: the name ${quoted(name)} is taken by column ${first + 1}`);
    seen.set(name, index);
  });
  const targetAt =
    target === undefined
      ? columns.length - 1
      : columns.findIndex(({ name }, index) => name === target || cells[index]?.trim() === target);
  if (targetAt < 0) throw new DataError(`${at}: no column ${quoted(target as string)}; there ${names(columns)}`);
  if (columns.length < 2)
    throw new DataError(
      `${at}, column 1: only one column, so no feature to learn from (are the cells separated by commas?)`,
    );
  return { features: columns.filter((_, index) => index !== targetAt), target: columns[targetAt] as Column, targetAt };
}

/** How messages name a column: `column 3 ("petal_length")`, counted from 1. */
export function columnTitle({ features, target, targetAt }: Header, index: number): string {
  const column = index === targetAt ? target : features[index < targetAt ? index : index - 1];
  return `column ${index + 1} (${quoted(column?.name ?? '')})`;
}

function parseColumn(cell: string): Column {
  const [, name, unit] = /^(.*\S)\s*\(\s*([^()]*\S)\s*\)$/s.exec(cell.trim()) ?? [];
  return name !== undefined && unit !== undefined ? { name, unit } : { name: cell.trim(), unit: null };
}

function names(columns: readonly Column[]): string {
  const shown = columns.slice(0, 8).map(({ name }) => quoted(name));
  const rest = columns.length - shown.length;
  return `${columns.length === 1 ? 'is' : 'are'} ${shown.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
