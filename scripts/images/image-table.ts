type Row = {
  name: string;
  /** Bytes; undefined: no such image. */
  size: number | undefined;
  base: string;
  baseSize: number | undefined;
  /** How much the image may add to its base, in MB. */
  limit: number | undefined;
};

/** Sizes of images as a table, and the names of those that add too much to their base. */
export function imageTable(rows: Row[]): { text: string; over: string[] } {
  const cells = [['image', 'size', 'adds', 'limit', 'to'], ...rows.map(rowCells)];
  const widths = cells[0]?.map((_cell, i) => Math.max(...cells.map((row) => (row[i] as string).length))) ?? [];
  const text = cells
    .map((row) => row.map((cell, i) => (i > 0 && i < 4 ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0))))
    .map((row) => row.join('  ').trimEnd())
    .join('\n');
  return { text, over: rows.filter(isOver).map(({ name }) => name) };
}

function rowCells(row: Row): string[] {
  const added = addedBytes(row);
  return [
    row.name,
    row.size === undefined ? 'missing' : megabytes(row.size),
    added === undefined ? '' : megabytes(added),
    row.limit === undefined ? '' : `${row.limit} MB`,
    row.base,
  ];
}

function isOver(row: Row): boolean {
  return row.limit !== undefined && (addedBytes(row) ?? 0) > row.limit * 1e6;
}

function addedBytes({ size, baseSize }: Row): number | undefined {
  return size === undefined || baseSize === undefined ? undefined : size - baseSize;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
