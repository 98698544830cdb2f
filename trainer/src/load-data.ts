import { basename } from 'node:path';
import { sha256 } from './artifacts/sha256.ts';
import { readCsv } from './csv/read-csv.ts';
import { readDataFile } from './csv/read-data-file.ts';
import type { Options } from './options.ts';
import { fitPreparation } from './prepare/fit-preparation.ts';
import { leaveOutEmpty } from './prepare/leave-out-empty.ts';
import type { Preparation } from './prepare/preparation.ts';
import { readAlike } from './read-alike.ts';
import { dataParameters, type Parameters, testShare } from './recipe.ts';
import { selectRows } from './sampling/select-rows.ts';
import { stratifiedSplit } from './sampling/split.ts';
import { joinTables } from './table/join-tables.ts';
import type { Table } from './table/table.ts';

export type Split = { train: number[]; test: number[] };

/** A table with all that was decided about it; `file` and `sha256` are of the file that it comes from. */
export type Data = {
  table: Table;
  split: Split;
  preparation: Preparation;
  seed: number;
  file: string;
  sha256: string;
  parameters: Parameters;
};

/** Reads a file, splits its rows, unless another file has those to test on, and fits the preparation on the training rows. Throws `DataError` for a file that is no table. */
export function loadData(options: Options): Data {
  const { seed } = options;
  const bytes = readDataFile(options.data, options.dataTitle);
  const rows = selectRows(readCsv(bytes, { ...options, file: options.dataTitle }), options.selection);
  const test = options.test && readTest(options.test, rows);
  const split = test ? inOrder(rows, test.table) : stratifiedSplit(rows.target.labels, { testShare, seed });
  const table = leaveOutEmpty(test ? joinTables(rows, test.table) : rows, split.train);
  return {
    table,
    split,
    preparation: fitPreparation(table, split.train),
    seed,
    file: basename(options.data),
    sha256: sha256(test ? Buffer.concat([bytes, test.bytes]) : bytes),
    parameters: dataParameters(options),
  };
}

/** The test rows, which have the columns and classes of the training rows. */
function readTest({ file, title }: NonNullable<Options['test']>, { columns, target }: Table) {
  const bytes = readDataFile(file, title);
  const whose = 'in --data, which needs a row of each';
  return { bytes, table: readAlike(bytes, title, { columns, target, classes: target.classes, whose }) };
}

const inOrder = (train: Table, test: Table): Split => ({
  train: Array.from(train.lines.keys()),
  test: Array.from(test.lines.keys(), (row) => train.lines.length + row),
});
