import { quoted } from './data-error.ts';

export const KINDS = ['number', 'boolean', 'category', 'date', 'text', 'id'] as const;
export type Kind = (typeof KINDS)[number];

/** Where a column stands and what it is called. `title` is the whole header, as in `temp (max)`; `place` counts from 1. */
export type Heading = { name: string; unit: string | null; title: string; place: number };

/** NaN is missing. A boolean is 0 or 1; a date is the days since 1970-01-01. */
export type NumberColumn = Heading & { kind: 'number' | 'boolean' | 'date'; values: Float64Array };
/** `codes` are indices of `words`; −1 is missing. */
export type WordColumn = Heading & { kind: 'category' | 'text' | 'id'; codes: Int32Array; words: string[] };
export type Column = NumberColumn | WordColumn;

/** The column to predict: `labels` are indices of `classes`; −1 is missing. */
export type Target = Heading & { classes: string[]; labels: Int32Array; numeric: boolean };

/** A file as it was understood: typed columns, each as long as `lines`, which has the line of the file that a row begins on. */
export type Table = {
  file: string;
  /** Delimiter and encoding, in words. */
  format: string;
  lines: Int32Array;
  columns: Column[];
  target: Target;
  /** Columns that no model gets, and why. */
  leftOut: { title: string; reason: string }[];
  /** What was decided about the file: one line each. */
  notices: string[];
  /** Those of the notices that say which rows were left out. */
  rowsLeftOut?: string[];
};

/** Whether a column has no value in a row. */
export function isMissing(column: Column, row: number): boolean {
  return 'values' in column ? Number.isNaN(column.values[row]) : column.codes[row] === -1;
}

/** How messages name a column: `column 3 ("petal_length")`. */
export function columnTitle({ place, name }: Pick<Heading, 'place' | 'name'>): string {
  return `column ${place} (${quoted(name)})`;
}
