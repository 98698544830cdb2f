// What MLflow's own Python answers by the models that are sent, beside the model server of this repository.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FeatureValue } from '@coppice/contract';
import { eventually } from '@coppice/testkit/eventually';
import { MIXED_COLUMNS, mixedRow } from '@coppice/testkit/mixed-rows';
import { startModelServer } from '@coppice/testkit/model-server';
import { freePort } from '@coppice/testkit/programs/free-port';
import { root, run } from '@coppice/testkit/programs/run-command';
import { startThrowawayMlflow, type ThrowawayMlflow } from '@coppice/testkit/programs/throwaway-mlflow';
import { seededRandom } from '@coppice/testkit/seeded-random';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

type Answer = { prediction: number; class: string; probability: number[] };

let mlflow: ThrowawayMlflow;
let folder: string;
const registry = () => join(folder, 'registry');
const customers = mixedCsv(400);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'coppice-python-'));
  mlflow = await startThrowawayMlflow();
  writeFileSync(join(folder, 'customers.csv'), customers.csv);
  await train('iris', 'trainer/data/iris.csv');
  await train('customers', join(folder, 'customers.csv'), ['--type', 'since=date', '--leaves', 'shares']);
});
afterAll(async () => {
  await mlflow?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const iris = [
  [5.1, 3.5, 1.4, 0.2],
  [6.7, 3.1, 4.7, 1.5],
  [6.05, 2.75, 5.05, 1.75],
  [1e9, -3, 0.1, 0.30000000000000004],
];
/** Forms that a training never saw: an unknown word, gaps, days of other centuries, times with and without an offset. */
const odd: FeatureValue[][] = [
  [30, null, null, null, 'Biscoe', 'town 1', null],
  [41, 0.1, '0000-02-29', false, 'Nowhere', 'läßt', 'pro'],
  [40.5, 1e12, '1599-12-31T23:59:59.999Z', true, 'Dream', 'town 3', 'basic'],
  [18, 700, '9999-12-31', true, 'Torgersen', 'town 12', 'plus'],
  [52, 900, '2022-05-01T07:30+02:00', true, 'Dream', 'town 2', 'trial'],
  [52, 900, '2022-05-01 07:30:15.25', false, 'Dream', '?', 'trial'],
];

describe.each([
  ['iris', iris],
  ['customers', [...customers.rows, ...odd]],
])('%s', (model, rows) => {
  const columns = model === 'iris' ? irisColumns : MIXED_COLUMNS;
  let expected: Answer[];
  beforeAll(async () => {
    const server = await startModelServer({ version: 'v1', modelName: model, modelDir: join(folder, model, 'v1') });
    const asked = rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at]])));
    const response = await post(`${server.url}/predict`, { instances: asked }).finally(() => server.stop());
    expected = (response as { predictions: Answer[] }).predictions;
  });

  it('is answered alike by mlflow.pyfunc, and mlflow.onnx loads the same file', async () => {
    writeFileSync(join(folder, 'rows.json'), JSON.stringify({ columns, rows }));
    const script = join(folder, 'answer.py');
    writeFileSync(script, python(model, join(folder, 'rows.json')));
    const output = await run(join(mlflow.bin, 'python'), [script], mlflow.env);
    const { answers, example, onnx } = JSON.parse(output.trim().split('\n').at(-1) ?? '');
    expectSame(answers, expected);
    expect(example).toHaveLength(5);
    expect(onnx).toEqual(['label', 'probability']);
  });

  it('is answered alike by mlflow models serve', async () => {
    const port = await freePort();
    const stop = await serve(`models:/${model}@champion`, port);
    try {
      const asked = { dataframe_split: { columns, data: rows } };
      const { predictions } = (await post(`http://127.0.0.1:${port}/invocations`, asked)) as { predictions: Answer[] };
      expectSame(predictions, expected);
    } finally {
      await stop();
    }
  });
});

function expectSame(answers: Answer[], expected: Answer[]): void {
  expect(answers.map((one) => [one.prediction, one.class])).toEqual(expected.map((one) => [one.prediction, one.class]));
  const differences = answers.flatMap(({ probability }, row) =>
    probability.map((share, at) => Math.abs(share - (expected[row]?.probability[at] as number))),
  );
  expect(Math.max(...differences)).toBeLessThan(1e-9);
}

async function train(name: string, data: string, more: string[] = []): Promise<void> {
  const places = ['--name', name, '--out', join(folder, name), '--registry', registry()];
  const args = ['--data', data, '--forest', 'v1=20x5', ...places, ...more];
  const output = await run(process.execPath, [join(root, 'trainer/src/main.ts'), ...args], mlflow.env);
  expect(output).toContain(`release 1 of ${name} is version 1 in MLflow at ${mlflow.url}`);
}

const irisColumns = ['sepal_length', 'sepal_width', 'petal_length', 'petal_width'];

/** Customers with text, gaps, booleans and dates, as a file and as a few of its rows. */
function mixedCsv(count: number): { csv: string; rows: FeatureValue[][] } {
  const random = seededRandom(5);
  const drawn = Array.from({ length: count }, () => mixedRow(random));
  const lines = drawn.map(({ features, label }) => [...features.map((value) => value ?? ''), label].join(','));
  const rows = drawn.slice(0, 60).map(({ features }) => features);
  return { csv: `${[...MIXED_COLUMNS, 'class'].join(',')}\n${lines.join('\n')}\n`, rows };
}

/** A data frame as pandas makes it of such rows. */
const python = (model: string, rows: string) => `
import json, mlflow, pandas
with open(${JSON.stringify(rows)}) as file:
    asked = json.load(file)
uri = 'models:/${model}@champion'
loaded = mlflow.pyfunc.load_model(uri)
answers = loaded.predict(pandas.DataFrame(asked['rows'], columns=asked['columns']))
example = loaded.predict(loaded.input_example)
onnx = [one.name for one in mlflow.onnx.load_model(uri).graph.output]
print(json.dumps({'answers': answers.to_dict('records'), 'example': example.to_dict('records'), 'onnx': onnx}))
`;

/** Serves a model as MLflow's users do, until the returned function is called. */
async function serve(uri: string, port: number): Promise<() => Promise<void>> {
  const args = ['models', 'serve', '--model-uri', uri, '--host', '127.0.0.1', '--port', String(port)];
  const child: ChildProcess = spawn(join(mlflow.bin, 'mlflow'), [...args, '--env-manager', 'local', '--workers', '1'], {
    env: { ...process.env, ...mlflow.env, PATH: `${mlflow.bin}:${process.env.PATH}` },
    detached: true,
    stdio: 'ignore',
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async () => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
    await ended;
  };
  try {
    const ping = async () => (await fetch(`http://127.0.0.1:${port}/ping`)).ok;
    await eventually(ping, { what: 'mlflow models serve answers', seconds: 180 });
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

async function post(url: string, body: unknown): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(response.status, await response.clone().text()).toBe(200);
  return response.json();
}
