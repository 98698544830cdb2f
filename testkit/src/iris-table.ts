import { readFileSync } from 'node:fs';
import { readCsv } from '@coppice/trainer/csv/read-csv';
import { toTrainingSet } from '@coppice/trainer/table/to-training-set';
import type { TrainingSet } from '@coppice/trainer/table/training-set';
import { irisFile } from './iris.ts';

/** The bundled Iris data: 150 rows, 4 features, 3 classes. */
export function irisTable(): TrainingSet {
  return toTrainingSet(readCsv(readFileSync(irisFile), { file: 'iris.csv' }));
}
