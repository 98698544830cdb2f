import { readAllowedHosts } from '@coppice/serverkit';
import { PredictionFault } from '@coppice/serverkit/open-inference';
import { config, fixtureApp, silent } from '@coppice/testkit/fixture-app';
import { Registry } from 'prom-client';
import request from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import { createApp } from './app.ts';
import type { ModelStatus } from './host/model-host.ts';

const row = (x0: number) => [x0, 0, 0];
const input = (rows: number[][]) => ({
  name: 'features',
  shape: [rows.length, 3],
  datatype: 'FP64',
  data: rows.flat(),
});
const INFER = '/v2/models/iris/infer';

let app: Awaited<ReturnType<typeof fixtureApp>>['app'];
let unready: typeof app;
beforeAll(async () => {
  app = (await fixtureApp()).app;
  unready = (await fixtureApp({ ready: false })).app;
});

describe('Open Inference Protocol', () => {
  const metadata = {
    name: 'iris',
    versions: ['v1'],
    platform: 'onnxruntime_onnx',
    inputs: [{ name: 'features', datatype: 'FP64', shape: [-1, 3] }],
    outputs: [
      { name: 'label', datatype: 'INT64', shape: [-1] },
      { name: 'probability', datatype: 'FP64', shape: [-1, 3] },
    ],
  };

  it.each([
    ['/v2', { name: 'coppice-model-server', version: '0.1.0', extensions: ['binary_tensor_data'] }],
    ['/v2/health/live', { live: true, ready: true }],
    ['/v2/health/ready', { live: true, ready: true }],
    ['/v2/models/iris', metadata],
    ['/v2/models/iris/versions/v1', metadata],
    ['/v2/models/iris/ready', { name: 'iris', ready: true }],
    ['/v2/models/iris/versions/v1/ready', { name: 'iris', ready: true }],
  ])('GET %s', async (path, body) => {
    const answer = await request(app).get(path).expect(200);
    expect(answer.body).toEqual(body);
    expect(answer.type).toBe('application/json');
  });

  it.each([INFER, '/v2/models/iris/versions/v1/infer'])('POST %s answers JSON with the id', async (path) => {
    const { body } = await request(app)
      .post(path)
      .send({ id: 'ü7', inputs: [input([row(0), row(2), row(1)])] })
      .expect(200);
    expect(body).toEqual({
      model_name: 'iris',
      model_version: 'v1',
      id: 'ü7',
      outputs: [
        { name: 'label', datatype: 'INT64', shape: [3], data: [0, 2, 1] },
        { name: 'probability', datatype: 'FP64', shape: [3, 3], data: [1, 0, 0, 0, 0, 1, 0, 1, 0] },
      ],
    });
  });

  it('returns only the requested outputs, in that order', async () => {
    const { body } = await request(app)
      .post(INFER)
      .send({ inputs: [input([row(1)])], outputs: [{ name: 'probability' }, { name: 'label' }] });
    expect(body.outputs.map((output: { name: string }) => output.name)).toEqual(['probability', 'label']);
  });

  it('takes a binary tensor and answers in binary: raw tails in output order after the JSON', async () => {
    const tensor = { ...input([row(2), row(0)]), data: undefined, parameters: { binary_data_size: 48 } };
    const json = Buffer.from(JSON.stringify({ inputs: [tensor], parameters: { binary_data_output: true } }));
    const answer = await request(app)
      .post(INFER)
      .set('Content-Type', 'application/octet-stream')
      .set('Inference-Header-Content-Length', String(json.length))
      .send(Buffer.concat([json, new Uint8Array(Float64Array.of(...row(2), ...row(0)).buffer)]))
      .expect(200)
      .expect('Content-Type', 'application/octet-stream');
    const length = Number(answer.get('Inference-Header-Content-Length'));
    const bytes: Buffer = answer.body;
    expect(JSON.parse(bytes.subarray(0, length).toString()).outputs).toEqual([
      { name: 'label', datatype: 'INT64', shape: [2], parameters: { binary_data_size: 16 } },
      { name: 'probability', datatype: 'FP64', shape: [2, 3], parameters: { binary_data_size: 48 } },
    ]);
    const tail = Uint8Array.from(bytes.subarray(length)).buffer;
    expect([...new BigInt64Array(tail, 0, 2)]).toEqual([2n, 0n]);
    expect([...new Float64Array(tail, 16)]).toEqual([0, 0, 1, 1, 0, 0]);
  });

  it.each([
    ['get', '/v2/models/wine', 404, 'Unknown model wine v1; this server has iris v1.'],
    ['get', '/v2/models/iris/versions/v9/ready', 404, 'Unknown model iris v9; this server has iris v1.'],
    ['post', '/v2/models/wine/infer', 404, 'Unknown model wine v1; this server has iris v1.'],
    ['get', '/v2/nothing', 404, 'No route for GET /v2/nothing.'],
    ['get', '/v2/models/%E0%A4%A', 400, "Failed to decode param '%E0%A4%A'"],
    ['get', INFER, 405, 'GET is not allowed here: use POST.'],
    ['post', INFER, 400, 'The body is not valid JSON.'],
  ] as const)('%s %s is %d with the protocol’s error', async (method, path, status, error) => {
    const answer = await request(app)[method](path);
    expect([answer.status, answer.body, answer.type]).toEqual([status, { error }, 'application/json']);
  });
});

describe('POST /predict', () => {
  it('answers one row', async () => {
    const { body } = await request(app)
      .post('/predict')
      .send({ features: row(1) })
      .expect(200);
    expect(body).toEqual({ prediction: 1, class: 'b', probability: [0, 1, 0], model_version: 'v1' });
  });

  it('answers a row by feature names, and a batch', async () => {
    const { body } = await request(app)
      .post('/predict')
      .send({ instances: [{ x2: 0, x1: 0, x0: 2 }, row(0)] })
      .expect(200);
    expect(body).toEqual({
      predictions: [
        { prediction: 2, class: 'c', probability: [0, 0, 1] },
        { prediction: 0, class: 'a', probability: [1, 0, 0] },
      ],
      model_version: 'v1',
    });
  });

  it.each([
    ['application/json', '{"features":[1,2]}', 400, 'features must hold 3 numbers (x0, x1, x2), not 2.'],
    ['application/json', '{', 400, 'The body is not valid JSON.'],
    ['application/json', '', 400, 'The body must be an object with features (x0, x1, x2).'],
    ['text/plain', '{}', 415, 'Content-Type text/plain is not supported: must be application/json.'],
    ['application/json', ' '.repeat(5_000_000), 413, 'The body is too large.'],
  ])('%s %.20s is %d problem+json', async (type, body, status, detail) => {
    const answer = await request(app).post('/predict').set('Content-Type', type).send(body).expect(status);
    expect(answer.type).toBe('application/problem+json');
    expect(JSON.parse(answer.text)).toMatchObject({ status, detail });
  });
});

describe('the rest', () => {
  it('is live, ready, and describes its model', async () => {
    await request(app).get('/health').expect(200, { status: 'ok', model: 'iris', version: 'v1' });
    await request(app).get('/ready').expect(200, { status: 'ready', model: 'iris', version: 'v1' });
    const { body } = await request(app).get('/model-info').expect(200);
    expect(body).toMatchObject({ name: 'iris', version: 'v1', classes: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] });
  });

  it('counts requests, rows and errors', async () => {
    const { app } = await fixtureApp();
    const value = async (line: string) =>
      (await request(app).get('/metrics').expect(200)).text.match(new RegExp(`^${line} (.*)$`, 'm'))?.[1];
    expect(await value('model_server_requests_total{endpoint="infer",code="200"}')).toBe('0');
    await request(app)
      .post(INFER)
      .send({ inputs: [input([row(0), row(1)])] });
    await request(app)
      .post('/predict')
      .send({ features: row(0) });
    await request(app).post('/predict').send({ features: [] });
    expect(await value('model_server_requests_total{endpoint="infer",code="200"}')).toBe('1');
    expect(await value('model_server_requests_total{endpoint="predict",code="400"}')).toBe('1');
    expect(await value('model_server_errors_total{reason="bad_request"}')).toBe('1');
    expect(await value('model_server_rows_total')).toBe('3');
    expect(await value('model_server_infer_seconds_count')).toBe('2');
    expect(await value('model_server_ready')).toBe('1');
  });

  it('says that there is no model yet', async () => {
    await request(unready).get('/health').expect(200);
    await request(unready).get('/v2/health/live').expect(200, { live: true, ready: false });
    await request(unready).get('/v2/health/ready').expect(503, { live: true, ready: false });
    await request(unready).get('/v2/models/iris/ready').expect(503, { name: 'iris', ready: false });
    const { body } = await request(unready).get('/ready').expect(503);
    expect(body.reason).toMatch(/model-card\.json does not exist$/);
    await request(unready)
      .post('/predict')
      .send({ features: row(0) })
      .expect(503)
      .expect('Retry-After', '1');
    const infer = await request(unready).post(INFER).send({ inputs: [] }).expect(503);
    expect(infer.body.error).toContain('model-card.json does not exist');
  });

  it('answers 500 with the reason when the model answers what is no prediction', async () => {
    const { host } = await fixtureApp();
    const ready = host.status as Extract<ModelStatus, { ready: true }>;
    const fault = () => Promise.reject(new PredictionFault('row 0 has probability 3 of class a: must be from 0 to 1'));
    const status: ModelStatus = { ...ready, model: { ...ready.model, infer: fault } };
    const { app: broken } = createApp({
      config: { ...config, hosts: readAllowedHosts('') },
      host: { status },
      registry: new Registry(),
      log: silent,
    });
    const reason = "The model's answer is not a prediction: row 0 has probability 3 of class a: must be from 0 to 1.";
    await request(broken)
      .post(INFER)
      .send({ inputs: [input([row(0)])] })
      .expect(500, { error: reason });
    const { body } = await request(broken)
      .post('/predict')
      .send({ features: row(0) })
      .expect(500);
    expect(body.detail).toBe(reason);
  });

  it('has the number of its release in refusals and readiness too, by which a gateway learns that it was replaced', async () => {
    const { host } = await fixtureApp();
    const ready = host.status as Extract<ModelStatus, { ready: true }>;
    const { app: followed } = createApp({
      config: { ...config, hosts: readAllowedHosts('') },
      host: { status: { ...ready, release: 7 } },
      registry: new Registry(),
      log: silent,
    });
    for (const [path, good, bad] of [
      [INFER, { inputs: [input([row(0)])] }, { inputs: [{ ...input([row(0)]), shape: [1, 4] }] }],
      ['/predict', { features: row(0) }, { features: [1] }],
    ] as const)
      for (const [body, status] of [
        [good, 200],
        [bad, 400],
      ] as const) {
        const answer = await request(followed).post(path).send(body);
        expect([answer.status, answer.get('x-model-release')]).toEqual([status, '7']);
      }
    const ready7 = await request(followed).get(INFER.replace('/infer', '/ready'));
    expect([ready7.status, ready7.get('x-model-release')]).toEqual([200, '7']);
  });
});
