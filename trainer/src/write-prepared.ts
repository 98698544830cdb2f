import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from './artifacts/sha256.ts';
import type { Data } from './load-data.ts';
import { writeCsv } from './prepare/write-csv.ts';
import { type PreparedFormat, preparedFiles } from './prepared-format.ts';
import { testShare } from './recipe.ts';
import { DataError } from './table/data-error.ts';
import type { Heading } from './table/table.ts';

/**
 * Writes `train.csv` and `test.csv`, split as training splits them, and `preparation.json`, which says how their columns become
 * numbers. The same data gives the same bytes.
 */
export function writePrepared({ table, split, preparation, seed, file, parameters, ...data }: Data, out: string): void {
  const [train, test] = [split.train, split.test].map((rows) => writeCsv(table, rows)) as [string, string];
  const heading = ({ name, title, unit }: Heading) => ({ name, title, unit });
  const about: PreparedFormat = {
    format: 2,
    data: { file, sha256: data.sha256 },
    sha256: { train: sha256(train), test: sha256(test) },
    seed,
    testShare,
    parameters,
    target: heading(table.target),
    classes: table.target.classes,
    columns: table.columns.map(heading),
    steps: preparation.steps,
  };
  try {
    mkdirSync(out, { recursive: true });
    writeFileSync(join(out, preparedFiles.train), train);
    writeFileSync(join(out, preparedFiles.test), test);
    writeFileSync(join(out, preparedFiles.preparation), `${JSON.stringify(about, null, 2)}\n`);
  } catch (cause) {
    throw new DataError(`${out}: cannot be written (${(cause as NodeJS.ErrnoException).code})`, { cause });
  }
}
