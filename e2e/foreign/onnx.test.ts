import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelCard } from '@coppice/contract';
import { startModelServer } from '@coppice/testkit/model-server';
import { startGateway, type TestGateway } from '@coppice/testkit/start-gateway';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectIris } from './expect-iris.ts';
import { type Reader, startReader } from './recipes.ts';

let reader: Reader;
beforeAll(async () => {
  reader = await startReader();
  await reader.train();
});
afterAll(() => reader?.stop());

const artifacts = (version: string) => join(reader.folder, 'artifacts', version);
const cardOf = (version: string): ModelCard =>
  JSON.parse(readFileSync(join(artifacts(version), 'model-card.json'), 'utf8'));

describe.each([
  ['onnx-sklearn', 'ExtraTreesClassifier'],
  ['onnx-xgboost', 'XGBClassifier'],
  ['onnx-lightgbm', 'LGBMClassifier'],
])('the ONNX file of %s', (recipe, algorithm) => {
  let servers: Awaited<ReturnType<typeof startModelServer>>[] = [];
  let gateway: TestGateway;
  beforeAll(async () => {
    await reader.python('onnx-put', recipe);
    servers = await Promise.all(
      ['v1', 'v2'].map((version) => startModelServer({ version, modelDir: artifacts(version) })),
    );
    gateway = await startGateway({ models: servers.map(({ url }) => url), features: 4 });
  });
  afterAll(async () => {
    await gateway?.stop();
    for (const server of servers) await server.stop();
  });

  it('predicts beside the forest', async () => {
    await expectIris(gateway, { version: 'v2' });
    await expectIris(gateway);
  });

  it('has a card that says what it is and how it does', () => {
    const card = cardOf('v2');
    expect(card.algorithm).toBe(algorithm);
    expect(card.metrics.rows).toBe(30);
    expect(card.metrics.accuracy).toBeGreaterThan(0.85);
    expect(card.metrics.confusion.flat().reduce((sum, count) => sum + count)).toBe(30);
  });
});

/** Code behind the page's `onnx-put` that writes a model into v2's folder. */
const convert = (model: string, labels = 'y') => `
from skl2onnx import to_onnx
from sklearn.ensemble import RandomForestClassifier
from sklearn.svm import SVC
import numpy
model = ${model}.fit(X, ${labels})
onnx = to_onnx(model, X[:1].astype('float32'), options={'zipmap': False})
content = onnx.SerializeToString()
card['artifact'] = {'file': 'model.onnx', 'sha256': hashlib.sha256(content).hexdigest(), 'bytes': len(content)}
(folder / 'model.onnx').write_bytes(content)
(folder / 'model-card.json').write_text(json.dumps(card))
`;

describe('what the model server makes of other conversions', () => {
  let server: Awaited<ReturnType<typeof startModelServer>> | undefined;
  const serve = async (model: string, labels?: string) => {
    await reader.pythonWith(convert(model, labels), 'onnx-put');
    cpSync(artifacts('v2'), join(reader.folder, 'other'), { recursive: true, force: true });
    await server?.stop();
    server = await startModelServer({ version: 'v2', modelDir: join(reader.folder, 'other') });
    const ready = await fetch(`${server.url}/ready`);
    const { reason } = (await ready.json()) as { reason?: string };
    return { status: ready.status, reason };
  };
  afterAll(() => server?.stop());

  it.each<[string, string, string | undefined, RegExp]>([
    ['scores of an SVM', 'SVC()', undefined, /are not predictions: row \d+ has (probability|probabilities) .*: must /],
    ['labels from 1', 'RandomForestClassifier(20)', 'y + 1', /are not predictions: row \d+ has label \d/],
    [
      'names that the card does not have',
      'RandomForestClassifier(20)',
      'numpy.array(["Iris-setosa", "Iris-versicolor", "Iris-virginica"])[y]',
      /are not predictions: label "Iris-\w+", which is no class of model-card\.json: must be one of setosa, versicolor, virginica/,
    ],
  ])('%s: refused, with the reason', async (_, model, labels, reason) => {
    const { status, reason: said } = await serve(model, labels);
    expect(said).toMatch(reason);
    expect(status).toBe(503);
  });

  it('the classes’ names as labels: served', async () => {
    expect(await serve('RandomForestClassifier(20)', 'numpy.array(classes)[y]')).toEqual({ status: 200 });
    const answer = await fetch(`${server?.url}/predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ features: [6.7, 3, 5.2, 2.3] }),
    });
    expect(await answer.json()).toMatchObject({ prediction: 2, class: 'virginica', model_version: 'v2' });
  });
});
