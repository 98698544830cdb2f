import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import type { LabelledRow } from './recorded-row.ts';

const heading = z.object({ name: z.string(), title: z.string() });
const preparation = z.object({
  data: z.object({ file: z.string() }),
  target: heading,
  classes: z.array(z.string()),
  columns: z.array(heading).min(1),
  steps: z.array(z.object({ kind: z.enum(['number', 'boolean', 'category', 'date']), missing: z.boolean() })),
});

export type BaseColumn = { name: string; title: string; kind: keyof typeof kinds; missing: boolean };
const kinds = { number: 1, boolean: 1, category: 1, date: 1 } as const;

/** The base file as `npm run train -- --prepare` wrote it: its training rows, and the form of every row. */
export type Base = {
  file: string;
  /** Title of the target's column. */
  target: string;
  classes: string[];
  columns: BaseColumn[];
  train: LabelledRow[];
  /** Rows of its own that no training sees, so that they can compare releases later. */
  heldOut: LabelledRow[];
};

/** Reads a folder of prepared rows. Throws when `--prepare` did not write it. */
export function readBase(folder: string): Base {
  const about = preparation.parse(JSON.parse(readFileSync(join(folder, 'preparation.json'), 'utf8')));
  const rows = (name: string) => readRows(readFileSync(join(folder, name), 'utf8'));
  return {
    ...{ file: about.data.file, target: about.target.title, classes: about.classes },
    columns: about.columns.map(({ name, title }, at) => {
      const { kind, missing } = about.steps[at] as (typeof about.steps)[number];
      return { name, title, kind, missing };
    }),
    ...{ train: rows('train.csv'), heldOut: rows('test.csv') },
  };
}

/** The class is the last column. */
function readRows(text: string): LabelledRow[] {
  const lines = parse(text, { from_line: 2, skip_empty_lines: true }) as string[][];
  return lines.map((cells) => ({ cells: cells.slice(0, -1), label: cells.at(-1) as string }));
}
