import { readFileSync } from 'node:fs';
import { readCsv } from '@coppice/trainer/csv/read-csv';
import type { Table } from '@coppice/trainer/table/table';
import { irisFile } from './iris.ts';

/** The bundled Iris data: 150 rows, 4 features, 3 classes. */
export function irisTable(): Table {
  return readCsv(readFileSync(irisFile), { file: 'iris.csv' });
}
