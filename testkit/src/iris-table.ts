import { readFileSync } from 'node:fs';
import { readCsv } from '@coppice/trainer/csv/read-csv';
import { fitPreparation } from '@coppice/trainer/prepare/fit-preparation';
import { prepareTable } from '@coppice/trainer/prepare/prepare-table';
import type { TrainingSet } from '@coppice/trainer/table/training-set';
import { irisFile } from './iris.ts';

/** The bundled Iris data: 150 rows, 4 features, 3 classes. */
export function irisTable(): TrainingSet {
  const table = readCsv(readFileSync(irisFile), { file: 'iris.csv' });
  return prepareTable(fitPreparation(table, [...table.lines.keys()]), table);
}
