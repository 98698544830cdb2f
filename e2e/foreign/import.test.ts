import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Prediction, parseModelCard, type TestRows, testRows } from '@coppice/contract';
import { openRegistry } from '@coppice/registry/open-registry';
import { CARD_FILE } from '@coppice/registry/release';
import { startModelServer } from '@coppice/testkit/model-server';
import { root } from '@coppice/testkit/programs/run-command';
import { until } from '@coppice/testkit/waiting/until';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectClose } from './expect-close.ts';
import { type Reader, startReader } from './recipes.ts';

/** Prints what Python says to the rows of the sample. */
const ask = 'import json; print(json.dumps(model.predict_proba(X).tolist()))';

type Server = Awaited<ReturnType<typeof startModelServer>>;
let reader: Reader;
let servers: Map<string, Server>;
let folder: string;

beforeAll(async () => {
  reader = await startReader();
  symlinkSync(join(root, 'testkit'), join(reader.folder, 'testkit'));
  folder = join(reader.folder, 'registry');
  mkdirSync(folder);
  servers = new Map();
  for (const modelName of ['iris', 'titanic'])
    servers.set(
      modelName,
      await startModelServer({ version: 'v1', modelName, registry: { folder, alias: 'champion' } }),
    );
});
afterAll(async () => {
  for (const server of servers?.values() ?? []) await server.stop();
  await reader?.stop();
});

async function released(model: string, number: number) {
  const registry = await openRegistry(folder, model);
  const release = await registry.release(number);
  const read = async (name: string) => Buffer.from(await registry.file(release, name));
  const card = parseModelCard(JSON.parse(String(await read(CARD_FILE)))).data;
  const sample = testRows.parse(JSON.parse(String(gunzipSync(await read('report/test-rows.json.gz')))));
  return { registry, release, card, sample, state: (await registry.current()).state };
}

async function predict({ url }: Server, instances: TestRows['rows']) {
  const answer = await fetch(`${url}/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ instances }),
  });
  const { predictions = [] } = (await answer.json()) as { predictions?: Prediction[] };
  return { release: answer.headers.get('x-model-release'), predictions };
}

describe.each([
  { recipe: 'logistic', algorithm: 'LinearClassifier' },
  { recipe: 'boosting', algorithm: 'TreeEnsembleClassifier' },
  { recipe: 'columns', algorithm: 'TreeEnsembleClassifier', model: 'titanic' },
  { recipe: 'xgboost', algorithm: 'TreeEnsembleClassifier', order: 'sorted classes of the sample' },
  { recipe: 'lightgbm', algorithm: 'TreeEnsembleClassifier' },
])('the recipe $recipe', ({ recipe, algorithm, model = 'iris', order = 'the model’s own labels' }) => {
  let shares: number[][];
  let number: number;
  beforeAll(async () => {
    const blocks = model === 'iris' ? ['import-data', `import-${recipe}`] : [`import-${recipe}`];
    shares = JSON.parse(await reader.pythonWith(ask, ...blocks));
    const said = await reader.npmRun(`import-${recipe}-command`, 'scripts/registry.ts', '--registry', folder);
    number = Number(/^\w+ (\d+) in /.exec(said)?.[1]);
  });

  it('is a release with a card of the sample and a report', async () => {
    const { release, card, sample, state } = await released(model, number);
    expect(state.tags[number]).toEqual({ imported: `${recipe}.onnx` });
    expect(Object.values(state.aliases)).not.toContain(number);
    expect(Object.keys(release.files)).toContain('report/report.html');
    expect(release.lineage).toMatchObject({ data: card?.data.sha256, commit: null });
    expect(card).toMatchObject({ name: model, algorithm, parameters: { classOrder: order } });
    expect(card?.metrics.rows).toBe(sample.rows.length);
    expect(card?.metrics.accuracy).toBeGreaterThan(0.8);
  });

  it('answers every row of the sample as Python does, from a server that follows the champion', async () => {
    const { registry, sample, card } = await released(model, number);
    await registry.setAlias('champion', number, { who: 'test', reason: '' });
    const server = servers.get(model) as Server;
    await until(async () => expect((await predict(server, sample.rows.slice(0, 1))).release).toBe(String(number)));
    const { predictions } = await predict(server, sample.rows);
    expectClose(
      predictions.map(({ probability }) => probability ?? []),
      shares,
    );
    expect(predictions.map((each) => each.class)).toEqual(
      shares.map((row) => card?.classes[row.indexOf(Math.max(...row))]?.name),
    );
  });
});

/** Models behind the recipe of LogisticRegression, by the names of their files; the numbered sample has other classes. */
const others = `
from sklearn.linear_model import LinearRegression
from sklearn.svm import SVC
numbers = y.map({'setosa': 1, 'versicolor': 2, 'virginica': 5})
data.assign(species=numbers).to_csv('numbered.csv', index=False)
for name, other in {
    'scores': to_onnx(SVC().fit(X, y), X[:1], options={'zipmap': False}),
    'regression': to_onnx(LinearRegression().fit(X, X[:, 0]), X[:1]),
    'split': to_onnx(model, X[:1], options={'zipmap': 'columns'}),
    'mended': to_onnx(LogisticRegression(max_iter=1000).fit(X, numbers), X[:1]),
}.items():
    open(f'{name}.onnx', 'wb').write(other.SerializeToString())
`;

describe('other conversions', () => {
  const command = (...options: string[]) =>
    reader.npmRun('import-logistic-command', 'scripts/registry.ts', '--registry', folder, ...options);
  beforeAll(() => reader.pythonWith(others, 'import-data', 'import-logistic'));

  it.each<[string, RegExp]>([
    ['scores', /the model’s scores are no probabilities: probabilities is .* in row 1: convert probabilities \(/],
    ['regression', /the model answers one number for each row, as a regression does/],
    ['split', /an output for each class: convert it with options=\{"zipmap": False\}/],
  ])('%s: refused with the remedy, and nothing is published', async (name, reason) => {
    const before = await (await openRegistry(folder, 'iris')).releases();
    await expect(command('--model', `${name}.onnx`)).rejects.toThrow(reason);
    expect(await (await openRegistry(folder, 'iris')).releases()).toEqual(before);
  });

  it('ZipMap and labels 1, 2 and 5: imported', async () => {
    const said = await command('--model', 'mended.onnx', '--data', 'numbered.csv');
    expect(said).toMatch(/note: ZipMap is taken out/);
    const { card } = await released('iris', Number(/^\w+ (\d+) in /.exec(said)?.[1]));
    expect(card?.classes.map(({ name }) => name)).toEqual(['1', '2', '5']);
    expect(card?.metrics.accuracy).toBeGreaterThan(0.9);
  });
});
