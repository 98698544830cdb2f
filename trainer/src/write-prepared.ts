import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fitPreparation } from './prepare/fit-preparation.ts';
import { prepareTable } from './prepare/prepare-table.ts';
import { writeCsv } from './prepare/write-csv.ts';
import { testShare } from './recipe.ts';
import { stratifiedSplit } from './sampling/split.ts';
import { DataError } from './table/data-error.ts';
import type { Table } from './table/table.ts';

/**
 * Writes `train.csv` and `test.csv`, split as training splits them, as numbers, and `preparation.json`, which says how the
 * columns became these numbers. Returns the rows of each. The same table and seed give the same bytes.
 */
export function writePrepared(
  table: Table,
  { out, seed, file, sha256 }: { out: string; seed: number; file: string; sha256: string },
): { train: number; test: number } {
  const split = stratifiedSplit(table.target.labels, { testShare, seed });
  const preparation = fitPreparation(table, split.train);
  const set = prepareTable(preparation, table);
  const about = {
    format: 1,
    data: { file, sha256, target: set.target },
    seed,
    testShare,
    classes: set.classes,
    ...preparation,
  };
  try {
    mkdirSync(out, { recursive: true });
    writeFileSync(join(out, 'train.csv'), writeCsv(set, split.train));
    writeFileSync(join(out, 'test.csv'), writeCsv(set, split.test));
    writeFileSync(join(out, 'preparation.json'), `${JSON.stringify(about, null, 2)}\n`);
  } catch (cause) {
    throw new DataError(`${out}: cannot be written (${(cause as NodeJS.ErrnoException).code})`, { cause });
  }
  return { train: split.train.length, test: split.test.length };
}
