import { basename } from 'node:path';
import { sha256 } from './artifacts/sha256.ts';
import { readCsv } from './csv/read-csv.ts';
import { readDataFile } from './csv/read-data-file.ts';
import type { Options } from './options.ts';
import { fitPreparation } from './prepare/fit-preparation.ts';
import { leaveOutEmpty } from './prepare/leave-out-empty.ts';
import type { Preparation } from './prepare/preparation.ts';
import { dataParameters, type Parameters, testShare } from './recipe.ts';
import { selectRows } from './sampling/select-rows.ts';
import { stratifiedSplit } from './sampling/split.ts';
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

/** Reads a file, splits its rows and fits the preparation on the training rows. Throws `DataError` for a file that is no table. */
export function loadData(options: Options): Data {
  const { seed } = options;
  const bytes = readDataFile(options.data, options.dataTitle);
  const rows = selectRows(readCsv(bytes, { ...options, file: options.dataTitle }), options.selection);
  const split = stratifiedSplit(rows.target.labels, { testShare, seed });
  const table = leaveOutEmpty(rows, split.train);
  return {
    table,
    split,
    preparation: fitPreparation(table, split.train),
    seed,
    file: basename(options.data),
    sha256: sha256(bytes),
    parameters: dataParameters(options),
  };
}
