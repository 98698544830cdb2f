import { hash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { historyPage, type ModelCard, modelCard } from '@coppice/contract';
import { irisFile } from '@coppice/testkit/iris';
import { startModelServer } from '@coppice/testkit/model-server';
import { root, run } from '@coppice/testkit/programs/run-command';
import { startGateway, type TestGateway } from '@coppice/testkit/start-gateway';
import { until } from '@coppice/testkit/waiting/until';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

type Server = Awaited<ReturnType<typeof startModelServer>>;
type Request = { path: string; body?: unknown };

let folder: string;
/** SHA-256 of v1's card as it was written. */
let written: string;
let servers: Server[];
let gateway: TestGateway;

/** v1 has a card of format 1, v2 one of format 2. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'coppice-old-artifacts-'));
  const options = ['--data', irisFile.pathname, '--name', 'iris', '--out', folder];
  await run(process.execPath, [join(root, 'trainer/src/main.ts'), ...options]);
  const file = join(folder, 'v1/model-card.json');
  const card = JSON.stringify(formatOne(JSON.parse(readFileSync(file, 'utf8'))));
  writeFileSync(file, card);
  written = hash('sha256', card);
  const start = (version: string) => startModelServer({ version, modelDir: join(folder, version) });
  servers = [await start('v1'), await start('v2')];
  gateway = await startGateway({ models: servers.map(({ url }) => url), features: 4 });
});
afterAll(async () => {
  await gateway?.stop();
  for (const server of servers ?? []) await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The card as a trainer of before format 2 wrote it. */
function formatOne({ features, classes, ...card }: ModelCard) {
  return {
    ...card,
    format: 1,
    features: features.map(({ kind: _, nullable: __, missing: ___, header: ____, ...measured }) => measured),
    classes: classes.map(({ typical, ...known }) => ({ ...known, medians: typical })),
  };
}

async function ask(version: string, { path, body }: Request, headers: Record<string, string> = {}) {
  const answer = await fetch(gateway.url + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'content-type': 'application/json', ...headers, 'x-model-version': version },
    ...(body === undefined ? {} : { body: Buffer.isBuffer(body) ? Uint8Array.from(body) : JSON.stringify(body) }),
  });
  const text = Buffer.from(await answer.arrayBuffer()).toString('latin1');
  return { status: answer.status, type: answer.headers.get('content-type'), text: text.replaceAll(uuid, 'ID') };
}
const uuid = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

const names = ['sepal_length', 'sepal_width', 'petal_length', 'petal_width'];
const rows = [
  [5.1, 3.5, 1.4, 0.2],
  [6, 2.7, 5.1, 1.6],
  [5.9, 3.2, 4.8, 1.8],
] as const;
const object = { sepal_length: 6, sepal_width: 2.7, petal_length: 5.1, petal_width: 1.6 };
const infer = '/v2/models/iris/infer';
const whole = { name: 'features', shape: [3, 4], datatype: 'FP64' };

/** Answers of the gateway of before format 2 in front of these forests, whose cards were of format 1; V is the version. */
const predicted: [string, Request, string][] = [
  [
    'an array',
    { path: '/predict', body: { features: rows[0] } },
    '{"prediction":0,"class":"setosa","probability":[1,0,0],"model_version":"V","route":"pinned","prediction_id":"ID"}',
  ],
  [
    'an object',
    { path: '/predict', body: { features: object, user: 'ada' } },
    '{"prediction":2,"class":"virginica","probability":[0,0.22,0.78],"model_version":"V","route":"pinned","prediction_id":"ID"}',
  ],
  [
    'a batch of both',
    { path: '/predict', body: { instances: [rows[0], object, rows[2]] } },
    '{"predictions":[{"prediction":0,"class":"setosa","probability":[1,0,0],"prediction_id":"ID"},{"prediction":2,"class":"virginica","probability":[0,0.22,0.78],"prediction_id":"ID"},{"prediction":1,"class":"versicolor","probability":[0,0.68,0.32],"prediction_id":"ID"}],"model_version":"V","route":"pinned"}',
  ],
  [
    'a preview',
    { path: '/predict', body: { features: rows[2], preview: true } },
    '{"prediction":1,"class":"versicolor","probability":[0,0.68,0.32],"model_version":"V","route":"preview"}',
  ],
];
const inferred: [string, Request, string][] = [
  [
    'one tensor',
    { path: infer, body: { id: 'one', inputs: [{ ...whole, data: rows.flat() }] } },
    '{"model_name":"iris","model_version":"V","id":"one","parameters":{"prediction_id":"ID,ID,ID"},"outputs":[{"name":"label","datatype":"INT64","shape":[3],"data":[0,2,1]},{"name":"probability","datatype":"FP64","shape":[3,3],"data":[1,0,0,0,0.22,0.78,0,0.68,0.32]}]}',
  ],
  [
    'a tensor per feature',
    { path: infer, body: { inputs: names.map(columnOf), outputs: [{ name: 'label' }] } },
    '{"model_name":"iris","model_version":"V","parameters":{"prediction_id":"ID,ID,ID"},"outputs":[{"name":"label","datatype":"INT64","shape":[3],"data":[0,2,1]}]}',
  ],
];
const described: [string, Request, string][] = [
  [
    'its metadata',
    { path: '/v2/models/iris' },
    '{"name":"iris","versions":["V"],"platform":"onnxruntime_onnx","inputs":[{"name":"features","datatype":"FP64","shape":[-1,4]}],"outputs":[{"name":"label","datatype":"INT64","shape":[-1]},{"name":"probability","datatype":"FP64","shape":[-1,3]}]}',
  ],
  ['its readiness', { path: '/v2/models/iris/ready' }, '{"name":"iris","ready":true}'],
];
const refused: [string, Request, string][] = [
  [
    'a short array',
    { path: '/predict', body: { features: [1, 2, 3] } },
    '{"type":"about:blank","title":"Bad Request","status":400,"detail":"features must hold 4 numbers (sepal_length, sepal_width, petal_length, petal_width), not 3.","errors":[{"pointer":"/features","detail":"must hold 4 numbers (sepal_length, sepal_width, petal_length, petal_width), not 3"}]}',
  ],
  [
    'a gap',
    { path: '/predict', body: { features: { ...object, petal_width: null } } },
    '{"type":"about:blank","title":"Bad Request","status":400,"detail":"features/petal_width must be a finite number (petal_width).","errors":[{"pointer":"/features/petal_width","detail":"must be a finite number (petal_width)"}]}',
  ],
  [
    'another feature',
    { path: '/predict', body: { features: { ...object, more: 1 } } },
    '{"type":"about:blank","title":"Bad Request","status":400,"detail":"features/more is not a feature; the features are sepal_length, sepal_width, petal_length, petal_width.","errors":[{"pointer":"/features/more","detail":"is not a feature; the features are sepal_length, sepal_width, petal_length, petal_width"}]}',
  ],
];

function columnOf(name: string, i: number) {
  return { name, shape: [3], datatype: 'FP32', data: rows.map((row) => row[i]) };
}

describe.each(['v1', 'v2'])('forests of before format 2 beside one of now: %s', (version) => {
  it.each([
    ...predicted.map((each) => [...each, 200, 'application/json; charset=utf-8'] as const),
    ...inferred.map((each) => [...each, 200, 'application/json'] as const),
    ...described.map((each) => [...each, 200, 'application/json; charset=utf-8'] as const),
    ...refused.map((each) => [...each, 400, 'application/problem+json; charset=utf-8'] as const),
  ])('answers as it did before, byte for byte: %s', async (_, request, text, status, type) => {
    expect(await ask(version, request)).toEqual({ status, type, text: text.replace('"V"', `"${version}"`) });
  });

  it('answers binary tensors as it did before, byte for byte', async () => {
    const outputs = ['label', 'probability'].map((name) => ({ name, parameters: { binary_data: true } }));
    const head = JSON.stringify({ inputs: [{ ...whole, parameters: { binary_data_size: 96 } }], outputs });
    const body = Buffer.concat([Buffer.from(head), Buffer.from(Float64Array.from(rows.flat()).buffer)]);
    const { status, text } = await ask(
      version,
      { path: infer, body },
      { 'content-type': 'application/octet-stream', 'inference-header-content-length': String(head.length) },
    );
    const answered = [
      `{"model_name":"iris","model_version":"${version}","parameters":{"prediction_id":"ID,ID,ID"},"outputs":[{"name":"label","datatype":"INT64","shape":[3],"parameters":{"binary_data_size":24}},{"name":"probability","datatype":"FP64","shape":[3,3],"parameters":{"binary_data_size":72}}]}`,
      Buffer.from(BigInt64Array.of(0n, 2n, 1n).buffer).toString('latin1'),
      Buffer.from(Float64Array.of(1, 0, 0, 0, 0.22, 0.78, 0, 0.68, 0.32).buffer).toString('latin1'),
    ];
    expect([status, text]).toEqual([200, answered.join('')]);
  });
});

it.each(['v1', 'v2'])('describes the model by a card of format 2, whatever its file has: %s', async (version) => {
  const { body } = await gateway.get(`/model-info?version=${version}`);
  const card = modelCard.parse(body);
  expect(card.features.map(({ name, kind, nullable, missing }) => [name, kind, nullable, missing])).toEqual(
    names.map((name) => [name, 'number', false, 0]),
  );
  expect(card.classes.map(({ typical }) => typical.length)).toEqual([4, 4, 4]);
});

it('keeps the release by which records of before know a model', async () => {
  const { body } = await gateway.post('/predict', { features: rows[0] }, { 'x-model-version': 'v1' });
  await until(async () => {
    const { predictions } = historyPage.parse((await gateway.get('/predictions')).body);
    expect(predictions.find((one) => one.prediction_id === body.prediction_id)?.release).toBe(written);
  });
});
