import type { Column, Table } from './table.ts';

/** The rows of two tables with the same columns and classes, one after the other. All else is of the first. */
export function joinTables(a: Table, b: Table): Table {
  return {
    ...a,
    lines: joined(Int32Array, a.lines, b.lines),
    columns: a.columns.map((column, at) => joinColumns(column, b.columns[at] as Column)),
    target: { ...a.target, labels: joined(Int32Array, a.target.labels, b.target.labels) },
  };
}

function joinColumns(a: Column, b: Column): Column {
  if ('values' in a && 'values' in b) return { ...a, values: joined(Float64Array, a.values, b.values) };
  if ('values' in a || 'values' in b) throw new TypeError(`"${a.name}" is of two kinds`);
  const words = [...a.words];
  const codeOf = new Map(words.map((word, code) => [word, code]));
  const codes = b.words.map((word) => codeOf.getOrInsertComputed(word, () => words.push(word) - 1));
  const moved = b.codes.map((code) => (code < 0 ? -1 : (codes[code] as number)));
  return { ...a, words, codes: joined(Int32Array, a.codes, moved) };
}

function joined<T extends Float64Array | Int32Array>(Kind: new (size: number) => T, a: T, b: T): T {
  const all = new Kind(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}
