import type { LabelledRow, TimedRow } from './recorded-row.ts';

export type Unique = {
  /** The oldest first. */
  rows: TimedRow[];
  /** How many rows are gone: newer rows have the same reference, newer rows are the same, or the base file has them. */
  dropped: { reference: number; same: number; base: number };
};

/** Of rows with one reference the newest, then of rows with the same features and class the newest, then those that the base file lacks. */
export function uniqueRows(recorded: readonly TimedRow[], base: readonly LabelledRow[]): Unique {
  const newestFirst = recorded.toSorted((a, b) => b.time - a.time);
  const byReference = firstOf(newestFirst, ({ reference }) => reference);
  const different = firstOf(byReference, rowKey);
  const known = new Set(base.map(rowKey));
  const rows = different.filter((row) => !known.has(rowKey(row)));
  return {
    rows: rows.reverse(),
    dropped: {
      reference: newestFirst.length - byReference.length,
      same: byReference.length - different.length,
      base: different.length - rows.length,
    },
  };
}

/** The first row of each key; all without one. */
function firstOf(rows: readonly TimedRow[], keyOf: (row: TimedRow) => string | null): TimedRow[] {
  const seen = new Set<string>();
  return rows.filter((row) => {
    const key = keyOf(row);
    if (key === null) return true;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

export const featuresKey = ({ cells }: Pick<LabelledRow, 'cells'>) => JSON.stringify(cells);
const rowKey = (row: LabelledRow) => JSON.stringify([row.cells, row.label]);
