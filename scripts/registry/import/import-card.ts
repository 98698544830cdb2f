import { hash } from 'node:crypto';
import type { ModelCard } from '@coppice/contract';
import { describeData } from '@coppice/trainer/card/describe-data';
import { evaluate } from '@coppice/trainer/evaluate';
import type { Table } from '@coppice/trainer/table/table';
import type { ClassesOf } from './class-order.ts';
import type { OnnxFile } from './onnx-file.ts';

type Described = {
  name: string;
  modelFile: string;
  dataFile: string;
  /** The model as it was given, and as it is served. */
  model: Uint8Array;
  onnx: Uint8Array;
  data: Uint8Array;
  file: OnnxFile;
  table: Table;
  order: ClassesOf;
  /** Index of each row's class in the model's order. */
  actual: readonly number[];
  isThreshold: boolean;
  createdAt: Date;
};

const SEED = 1;

/** The card of a model and a sample of its data, all of whose rows describe it. Its figures are those of a model that is always right. */
export function importCard(of: Described): ModelCard {
  const { table, order, actual, onnx, file } = of;
  const target = { classes: order.names, labels: Int32Array.from(actual) };
  return {
    ...{ format: 2, name: of.name, version: 'imported', algorithm: algorithmOf(file) },
    ...describeData({ columns: table.columns, target }, [...actual.keys()], SEED),
    ...(of.isThreshold && { decision: 'threshold' }),
    parameters: {
      imported: of.modelFile,
      ...(onnx !== of.model && { importedSha256: hash('sha256', of.model) }),
      classOrder: orders[order.by],
    },
    metrics: evaluate(order.names, actual, actual),
    data: {
      ...{ file: of.dataFile, sha256: hash('sha256', of.data), target: table.target.name },
      ...{ rows: actual.length, trainRows: actual.length, testRows: actual.length },
    },
    artifact: { file: 'model.onnx', sha256: hash('sha256', onnx), bytes: onnx.length },
    libraries: file.producer === '' ? {} : { [file.producer]: file.producerVersion },
    gitCommit: null,
    createdAt: of.createdAt.toISOString(),
  };
}

const orders = {
  own: 'the model’s own labels',
  sorted: 'sorted classes of the sample',
  given: '--classes',
} as const satisfies Record<ClassesOf['by'], string>;

function algorithmOf({ nodes }: OnnxFile): string {
  return nodes.map(({ op }) => op).findLast((op) => /Classifier$|Regressor$/.test(op)) ?? 'ONNX';
}
