import { count } from '../table/count.ts';
import { DataError, quoted } from '../table/data-error.ts';
import { isMissing, type Table } from '../table/table.ts';
import { shuffler } from './random.ts';

export type Selection = {
  dropMissing?: boolean;
  dropRare?: number | undefined;
  sample?: number | undefined;
  seed: number;
};

/**
 * The table without rows that have no class, without rows that have a gap (`dropMissing`), without classes of fewer than `dropRare` rows, and of the rest
 * `sample` rows, the same share of each class. Says in its notices how many rows each step took.
 */
export function selectRows(table: Table, { dropMissing, dropRare, sample, seed }: Selection): Table {
  const rowsLeftOut: string[] = [];
  let rows = Array.from(table.lines.keys());
  const keep = (kept: number[], why: string) => {
    if (kept.length < rows.length) rowsLeftOut.push(`${count(rows.length - kept.length, 'row')} left out: ${why}`);
    rows = kept;
  };
  const { labels, classes } = table.target;
  keep(
    rows.filter((row) => labels[row] !== -1),
    `no class, ${quoted(table.target.name)} is missing`,
  );
  if (dropMissing) {
    // a column without any value is left out as a whole
    const columns = table.columns.filter((column) => rows.some((row) => !isMissing(column, row)));
    keep(
      rows.filter((row) => !columns.some((column) => isMissing(column, row))),
      'a value is missing (--drop-missing)',
    );
  }
  if (dropRare !== undefined) {
    const sizes = sizesOf(table, rows);
    const rare = classes.filter((_, label) => (sizes[label] as number) > 0 && (sizes[label] as number) < dropRare);
    const names = rare.slice(0, 8).map(quoted).join(', ');
    keep(
      rows.filter((row) => (sizes[labels[row] as number] as number) >= dropRare),
      `of classes with fewer than ${count(dropRare, 'row')} (${names}${rare.length > 8 ? ` and ${rare.length - 8} more` : ''}; --drop-rare)`,
    );
  }
  if (sample !== undefined && sample < rows.length)
    keep(drawRows(table, rows, sample, seed), `the sample has ${count(sample, 'row')} (--sample)`);
  if (rows.length === table.lines.length) return table;
  return { ...pick(table, rows), notices: [...table.notices, ...rowsLeftOut], rowsLeftOut };
}

/** The rows of each class; a table may have classes that none of its rows has. */
function sizesOf(table: Table, rows: readonly number[]): number[] {
  const sizes = new Array<number>(table.target.classes.length).fill(0);
  for (const row of rows) {
    const label = table.target.labels[row] as number;
    if (label >= 0) sizes[label] = (sizes[label] as number) + 1;
  }
  return sizes;
}

/** The same share of each class, at least two rows of it; largest remainders fill up. */
function drawRows(table: Table, rows: readonly number[], size: number, seed: number): number[] {
  const groups = [...Map.groupBy(rows, (row) => table.target.labels[row] as number)].sort(([a], [b]) => a - b);
  if (size < 2 * groups.length)
    throw new DataError(
      `--sample ${size} is not enough: ${groups.length} classes need two rows each, one to train and one to test`,
    );
  const shares = groups.map(([, group]) => (group.length * size) / rows.length);
  const sizes = groups.map(([, group], i) => Math.min(group.length, Math.max(2, Math.floor(shares[i] as number))));
  const byRest = [...groups.keys()].sort((a, b) => ((shares[b] as number) % 1) - ((shares[a] as number) % 1) || a - b);
  let missing = size - sizes.reduce((sum, one) => sum + one, 0);
  for (; missing !== 0; ) {
    const before = missing;
    for (const i of missing > 0 ? byRest : byRest.toReversed()) {
      const [, group] = groups[i] as (typeof groups)[number];
      const next = (sizes[i] as number) + Math.sign(missing);
      if (missing === 0 || next < Math.min(2, group.length) || next > group.length) continue;
      sizes[i] = next;
      missing -= Math.sign(missing);
    }
    if (missing === before) break;
  }
  const shuffle = shuffler(seed);
  return groups.flatMap(([, group], i) => shuffle([...group]).slice(0, sizes[i])).sort((a, b) => a - b);
}

/** Some rows of a table; classes that lose all of theirs are no classes any more. */
function pick(table: Table, rows: readonly number[]): Table {
  const sizes = sizesOf(table, rows);
  const left = [...sizes.keys()].filter((label) => (sizes[label] as number) > 0);
  const labelOf = new Map(left.map((label, index) => [label, index]));
  const { labels, classes } = table.target;
  return {
    ...table,
    lines: Int32Array.from(rows, (row) => table.lines[row] as number),
    columns: table.columns.map((column) =>
      'values' in column
        ? { ...column, values: Float64Array.from(rows, (row) => column.values[row] as number) }
        : { ...column, codes: Int32Array.from(rows, (row) => column.codes[row] as number) },
    ),
    target: {
      ...table.target,
      classes: left.map((label) => classes[label] as string),
      labels: Int32Array.from(rows, (row) => labelOf.get(labels[row] as number) ?? -1),
    },
  };
}
