import type { ModelCard } from '@coppice/contract';
import { describeData } from '@coppice/trainer/card/describe-data';
import { numberColumns } from './number-columns.ts';

export type Row = { features: number[]; label: number };

/** The trainer's model card of training rows, for tests. Classes are named c0, c1, …; there is no test split. */
export function cardOf(rows: readonly Row[], names: readonly string[]): ModelCard {
  const classes = Array.from({ length: 1 + Math.max(...rows.map((row) => row.label)) }, (_, i) => `c${i}`);
  const columns = numberColumns(
    names,
    rows.map(({ features }) => features),
  );
  const labels = Int32Array.from(rows, ({ label }) => label);
  return {
    format: 2,
    name: 'fixture',
    version: 'v1',
    algorithm: 'random-forest',
    ...describeData({ columns, target: { classes, labels } }, Array.from(rows.keys()), 1),
    parameters: {},
    metrics: { rows: 0, accuracy: 0, precision: 0, recall: 0, f1: 0, perClass: [], confusion: [] },
    data: {
      file: 'fixture.csv',
      sha256: '0'.repeat(64),
      rows: rows.length,
      trainRows: rows.length,
      testRows: 0,
      target: 'class',
    },
    artifact: { file: 'model.onnx', sha256: '0'.repeat(64), bytes: 1 },
    libraries: {},
    gitCommit: null,
    createdAt: '2026-01-01T00:00:00.000Z',
  };
}
