import { readFileSync } from 'node:fs';
import { readCsv } from './csv/read-csv.ts';
import type { Table } from './table.ts';

/** The bundled Iris data: 150 rows, 4 features, 3 classes. */
export function irisTable(): Table {
  return readCsv(readFileSync(new URL('../data/iris.csv', import.meta.url)), { file: 'iris.csv' });
}
