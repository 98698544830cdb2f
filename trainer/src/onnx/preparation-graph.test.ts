import '@coppice/serverkit/no-telemetry';
import { join } from 'node:path';
import { InferenceSession, type Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { readCsv } from '../csv/read-csv.ts';
import { readDataFile } from '../csv/read-data-file.ts';
import { fitPreparation } from '../prepare/fit-preparation.ts';
import type { Preparation, RawValue } from '../prepare/preparation.ts';
import { rawValue } from '../prepare/prepare-table.ts';
import { prepareRow } from '../prepare/prepare-value.ts';
import { rawTensors } from '../verified-rows.ts';
import { exportForest } from './export-forest.ts';
import { preparationGraph } from './preparation-graph.ts';
import { batchTensor, dataType, encodeModel } from './schema.ts';

const folder = join(import.meta.dirname, '../../../testkit/tables');

/** A model of the preparation alone. */
function modelOf(preparation: Preparation, width: number): Uint8Array {
  const { node, initializer, input, output } = preparationGraph(preparation);
  return encodeModel({
    irVersion: 8,
    opsetImport: [
      { domain: '', version: 17 },
      { domain: 'ai.onnx.ml', version: 3 },
    ],
    graph: { name: 'prepare', node, initializer, input, output: [batchTensor(output, dataType.double, width)] },
  });
}

async function run(model: Uint8Array, inputs: Record<string, Tensor>): Promise<Record<string, Tensor>> {
  const session = await InferenceSession.create(model, { intraOpNumThreads: 1 });
  const answer = await session.run(inputs);
  await session.release();
  return answer as Record<string, Tensor>;
}

function load(file: string, target?: string): { preparation: Preparation; rows: RawValue[][] } {
  const table = readCsv(readDataFile(join(folder, file), file), { file, target });
  const all = Array.from(table.lines.keys());
  const preparation = fitPreparation(table, all);
  const columns = preparation.steps.map((step) => table.columns.find(({ name }) => name === step.column));
  return { preparation, rows: all.map((row) => columns.map((column) => (column ? rawValue(column, row) : null))) };
}

describe('a preparation inside a model', () => {
  it.each([
    ['penguins.csv', 'species'],
    ['titanic.csv', 'Survived'],
    ['telco.csv', undefined],
    ['credit.csv', undefined],
    ['weather.tsv', undefined],
  ])(
    'makes of every row of %s what TypeScript makes, also of gaps and of words that it never saw',
    async (file, target) => {
      const { preparation, rows } = load(file, target);
      const { steps } = preparation;
      const gaps = steps.map((_, i) => rows[i]?.map((value, at) => (at === i ? null : value)) ?? []);
      const unseen = steps.map(({ kind }) => (kind === 'category' ? 'unheard of' : 7.5));
      const some = [...rows, ...gaps, unseen, steps.map(() => null)];
      const expected = some.map((raw) => prepareRow(steps, raw));
      const width = expected[0]?.length as number;
      const answer = await run(modelOf(preparation, width), rawTensors(steps, some));
      const made = Array.from(Object.values(answer)[0]?.data as Float64Array);
      expect(some.map((_, row) => made.slice(row * width, (row + 1) * width))).toEqual(expected);
    },
  );

  it('knows the calendar', async () => {
    const preparation: Preparation = { steps: [{ kind: 'date', column: 'd', fill: 0, missing: false }] };
    const days = Array.from({ length: 3000 }, (_, i) => [(i - 1500) * 397.25]);
    const answer = await run(modelOf(preparation, 3), rawTensors(preparation.steps, days));
    expect(Array.from(Object.values(answer)[0]?.data as Float64Array)).toEqual(
      days.flatMap((raw) => prepareRow(preparation.steps, raw)),
    );
  });

  it('feeds a forest, whatever the columns are called', async () => {
    const names = ['label', 'probability', 'features', 'votes', 'coppice:0', 'trees'];
    const preparation: Preparation = {
      steps: names.map((column) => ({ kind: 'category', column, words: ['no', 'yes'], other: false, missing: false })),
    };
    // the second number of column i is at 2 i + 1
    const trees = names.map((_, i) => ({ feature: 2 * i + 1, threshold: 0.5, below: { vote: 0 }, above: { vote: 1 } }));
    const model = exportForest({ trees, features: 2 * names.length, classes: 2, preparation });
    const row = ['yes', 'no', 'no', 'yes', 'maybe', 'no'];
    const answer = await run(model, rawTensors(preparation.steps, [row, names.map(() => 'yes')]));
    expect(Array.from(answer.label?.data as BigInt64Array, Number)).toEqual([0, 1]);
    expect(Array.from(answer.probability?.data as Float64Array)).toEqual([4 / 6, 2 / 6, 0, 1]);
  });

  it('that changes nothing leaves a model as it is', () => {
    const trees = [{ feature: 0, threshold: 1, below: { vote: 0 }, above: { vote: 1 } }];
    const preparation: Preparation = { steps: [{ kind: 'number', column: 'x', fill: 1, missing: false }] };
    const model = { trees, features: 1, classes: 2 };
    expect(exportForest({ ...model, preparation })).toEqual(exportForest(model));
  });
});
