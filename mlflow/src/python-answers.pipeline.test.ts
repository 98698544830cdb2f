// What MLflow's own Python answers by the models that are sent, beside the model server of this repository.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FeatureValue } from '@coppice/contract';
import { MIXED_COLUMNS, mixedRow } from '@coppice/testkit/mixed-rows';
import { startModelServer } from '@coppice/testkit/model-server';
import { freePort } from '@coppice/testkit/programs/free-port';
import { root, run } from '@coppice/testkit/programs/run-command';
import { startThrowawayMlflow, type ThrowawayMlflow } from '@coppice/testkit/programs/throwaway-mlflow';
import { seededRandom } from '@coppice/testkit/seeded-random';
import { eventually } from '@coppice/testkit/waiting/eventually';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

type Answer = { prediction: number; class: string; probability: number[] };
type FromPython = { answers: Answer[]; example: Answer[]; onnx: string[] };

let mlflow: ThrowawayMlflow;
let folder: string;
const customers = mixedCsv(400);
const models = ['iris', 'customers'] as const;
const fromPython: Record<string, FromPython> = {};
const served: Record<string, Served> = {};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'coppice-python-'));
  mlflow = await startThrowawayMlflow();
  writeFileSync(join(folder, 'customers.csv'), customers.csv);
  await train('iris', 'trainer/data/iris.csv');
  await train('customers', join(folder, 'customers.csv'), ['--type', 'since=date', '--leaves', 'shares']);
  // Python takes long to start: all of it at once
  for (const model of models) served[model] = serve(`models:/${model}@champion`, await freePort());
  Object.assign(fromPython, await askPython());
});
afterAll(async () => {
  await Promise.all(Object.values(served).map((one) => one.stop()));
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

const asked = {
  iris: { columns: ['sepal_length', 'sepal_width', 'petal_length', 'petal_width'], rows: iris },
  customers: { columns: [...MIXED_COLUMNS], rows: [...customers.rows, ...odd] },
} satisfies Record<string, { columns: string[]; rows: FeatureValue[][] }>;

describe.each(models)('%s', (model) => {
  const { columns, rows } = asked[model];
  let expected: Answer[];
  beforeAll(async () => {
    const server = await startModelServer({ version: 'v1', modelName: model, modelDir: join(folder, model, 'v1') });
    const instances = rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at]])));
    const response = await post(`${server.url}/predict`, { instances }).finally(() => server.stop());
    expected = (response as { predictions: Answer[] }).predictions;
  });

  it('is answered alike by mlflow.pyfunc, and mlflow.onnx loads the same file', () => {
    const { answers, example, onnx } = fromPython[model] as FromPython;
    expectSame(answers, expected);
    expect(example).toHaveLength(5);
    expect(onnx).toEqual(['label', 'probability']);
  });

  it('is answered alike by mlflow models serve', async () => {
    const { url, ready } = served[model] as Served;
    await ready();
    const answer = await post(`${url}/invocations`, { dataframe_split: { columns, data: rows } });
    expectSame((answer as { predictions: Answer[] }).predictions, expected);
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
  const places = ['--name', name, '--out', join(folder, name), '--registry', join(folder, 'registry')];
  const args = ['--data', data, '--forest', 'v1=20x5', ...places, ...more];
  const output = await run(process.execPath, [join(root, 'trainer/src/main.ts'), ...args], mlflow.env);
  expect(output).toContain(`release 1 of ${name} is version 1 in MLflow at ${mlflow.url}`);
}

/** Customers with text, gaps, booleans and dates, as a file and as a few of its rows. */
function mixedCsv(count: number): { csv: string; rows: FeatureValue[][] } {
  const random = seededRandom(5);
  const drawn = Array.from({ length: count }, () => mixedRow(random));
  const lines = drawn.map(({ features, label }) => [...features.map((value) => value ?? ''), label].join(','));
  const rows = drawn.slice(0, 60).map(({ features }) => features);
  return { csv: `${[...MIXED_COLUMNS, 'class'].join(',')}\n${lines.join('\n')}\n`, rows };
}

/** What MLflow's Python answers to data frames as pandas makes them of such rows. */
async function askPython(): Promise<Record<string, FromPython>> {
  writeFileSync(join(folder, 'asked.json'), JSON.stringify(asked));
  writeFileSync(join(folder, 'answer.py'), script);
  const output = await run(join(mlflow.bin, 'python'), [join(folder, 'answer.py'), folder], mlflow.env);
  return JSON.parse(output.trim().split('\n').at(-1) ?? '');
}

const script = `
import json, mlflow, pandas, sys
with open(sys.argv[1] + '/asked.json') as file:
    asked = json.load(file)
found = {}
for model, rows in asked.items():
    uri = f'models:/{model}@champion'
    loaded = mlflow.pyfunc.load_model(uri)
    answers = loaded.predict(pandas.DataFrame(rows['rows'], columns=rows['columns']))
    example = loaded.predict(loaded.input_example)
    onnx = [one.name for one in mlflow.onnx.load_model(uri).graph.output]
    found[model] = {'answers': answers.to_dict('records'), 'example': example.to_dict('records'), 'onnx': onnx}
print(json.dumps(found))
`;

type Served = { url: string; ready(): Promise<unknown>; stop(): Promise<void> };

/** Serves a model as MLflow's users do. */
function serve(uri: string, port: number): Served {
  const args = ['models', 'serve', '--model-uri', uri, '--host', '127.0.0.1', '--port', String(port)];
  const child = spawn(join(mlflow.bin, 'mlflow'), [...args, '--env-manager', 'local', '--workers', '1'], {
    env: { ...process.env, ...mlflow.env, PATH: `${mlflow.bin}:${process.env.PATH}` },
    detached: true,
    stdio: 'ignore',
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    ready: () =>
      eventually(async () => (await fetch(`${url}/ping`)).ok, { what: 'mlflow models serve answers', seconds: 180 }),
    async stop() {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
      await ended;
    },
  };
}

async function post(url: string, body: unknown): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(response.status, await response.clone().text()).toBe(200);
  return response.json();
}
