import { gzipSync } from 'node:zlib';
import { TEST_ROWS_FILE, type TestRows } from '@coppice/contract';
import type { Imported } from './import-model.ts';

/** Files of a release below `report/`: the rows that its figures are of, with which it can be evaluated again. */
export async function reportOfImport({ card, rows, actual }: Imported): Promise<Map<string, Uint8Array>> {
  const testRows: TestRows = {
    columns: card.features.map(({ name }) => name),
    rows: rows.map((row) => [...row]),
    labels: actual.map((index) => card.classes[index]?.name as string),
  };
  return new Map([[TEST_ROWS_FILE, gzipSync(JSON.stringify(testRows))]]);
}
