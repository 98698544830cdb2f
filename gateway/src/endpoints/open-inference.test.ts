import { request as httpRequest } from 'node:http';
import { startModelServer } from '@coppice/testkit/model-server';
import { type OipServer, startOipServer } from '@coppice/testkit/oip-server';
import { seededRandom } from '@coppice/testkit/seeded-random';
import { startGateway, type TestGateway } from '@coppice/testkit/start-gateway';
import { until } from '@coppice/testkit/waiting/until';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

const PATH = '/v2/models/iris/infer';
const body = (first: number) => ({
  inputs: [{ name: 'features', shape: [1, 4], datatype: 'FP64', data: [first, 0, 0, 0] }],
});

describe('the Open Inference Protocol at the front door', () => {
  let models: Awaited<ReturnType<typeof startModelServer>>[];
  let gateway: TestGateway;
  beforeAll(async () => {
    models = [await startModelServer({ version: 'v1' }), await startModelServer({ version: 'v2', shift: 1 })];
    gateway = await startGateway({
      models: models.map(({ url }) => url),
      features: 4,
      env: { MODEL_V1_WEIGHT: '70', MODEL_V2_WEIGHT: '30' },
      random: seededRandom(3),
    });
  });
  afterAll(async () => {
    await gateway.stop();
    for (const model of models) await model.stop();
  });

  it('is split by weight and counted', async () => {
    const counts: Record<string, number> = { v1: 0, v2: 0 };
    for (let i = 0; i < 200; i++) {
      const { status, headers, body: answer } = await gateway.post(PATH, body(1));
      const version = headers.get('x-model-version') as string;
      expect(status).toBe(200);
      expect(answer.outputs[0].data).toEqual([version === 'v1' ? 1 : 2]);
      counts[version] = (counts[version] ?? 0) + 1;
    }
    expect(counts.v2).toBeGreaterThan(30);
    expect(counts.v2).toBeLessThan(90);
    // counted once the whole answer has gone out
    await until(async () => expect(await gateway.metric('model_version_requests_total{version="v2"}')).toBe(counts.v2));
    expect(await gateway.metric('prediction_requests_total')).toBe(200);
    expect(await gateway.metric('prediction_latency_seconds_count{version="v2"}')).toBe(counts.v2);
  });

  it('follows the pin, by header or by path, and the user', async () => {
    for (const version of ['v1', 'v2']) {
      expect((await gateway.post(PATH, body(1), { 'X-Model-Version': version })).body.model_version).toBe(version);
      const byPath = await gateway.post(`/v2/models/iris/versions/${version}/infer`, body(1));
      expect(byPath.body.model_version).toBe(version);
    }
    const users = await Promise.all(
      Array.from({ length: 5 }, () => gateway.post(PATH, body(1), { 'X-User-Id': 'ann' })),
    );
    expect(new Set(users.map((answer) => answer.body.model_version)).size).toBe(1);
    const predicted = await gateway.predict(1, { 'X-User-Id': 'ann' });
    expect(predicted.body.model_version).toBe(users[0]?.body.model_version);
  });

  it('reads a body that comes in chunks', async () => {
    const rows = 1000;
    const data = Array.from({ length: rows * 4 }, (_, i) => (i % 4 === 0 ? (i / 4) % 3 : 0.123456));
    const text = JSON.stringify({ inputs: [{ name: 'features', shape: [rows, 4], datatype: 'FP64', data }] });
    const answer = await new Promise<string>((resolve, reject) => {
      const req = httpRequest(
        gateway.url + PATH,
        { method: 'POST', headers: { 'content-type': 'application/json', 'x-model-version': 'v1' } },
        (res) => {
          let received = '';
          res.setEncoding('utf8').on('data', (chunk) => {
            received += chunk;
          });
          res.on('end', () => resolve(received));
        },
      );
      req.on('error', reject);
      for (let at = 0; at < text.length; at += 5_000) req.write(text.slice(at, at + 5_000));
      req.end();
    });
    expect(JSON.parse(answer).outputs[0].data.slice(0, 6)).toEqual([0, 1, 2, 0, 1, 2]);
  });

  it('answers its own health: live, and ready while a version can serve', async () => {
    for (const path of ['/v2/health/live', '/v2/health/ready'])
      expect(await gateway.get(path)).toMatchObject({ status: 200, body: { live: true, ready: true } });
  });

  it('shows the metadata of a version, and does not count that', async () => {
    const before = await gateway.metric('prediction_requests_total');
    expect((await gateway.get('/v2/models/iris')).body.name).toBe('iris');
    expect((await gateway.get('/v2/models/iris/versions/v2/ready')).status).toBe(200);
    expect(await gateway.metric('prediction_requests_total')).toBe(before);
  });

  it('reports errors in its own format', async () => {
    expect(await gateway.post(PATH, body(1), { 'X-Model-Version': 'v9' })).toMatchObject({
      status: 400,
      body: { error: 'Unknown version v9. Versions: v1, v2.' },
    });
    expect((await gateway.post(PATH, '{', { 'X-Model-Version': 'v1' })).body).toEqual({ error: expect.any(String) });
    expect((await gateway.get('/v2/models/iris/versions/%E0%A4%A')).status).toBe(400);
    expect((await gateway.get('/v2/models/other')).status).toBe(404);
  });

  it('counts a request that is wrong as the client’s fault', async () => {
    const before = await gateway.metric('prediction_errors_total{version="none",reason="invalid"}');
    expect((await gateway.post(PATH, {}, { 'X-Model-Version': 'v1' })).status).toBe(400);
    expect(await gateway.metric('prediction_errors_total{version="none",reason="invalid"}')).toBe(before + 1);
  });
});

describe('one version’s own server, at /models/:version', () => {
  let models: Awaited<ReturnType<typeof startModelServer>>[];
  let gateway: TestGateway;
  beforeAll(async () => {
    models = [await startModelServer({ version: 'v1' }), await startModelServer({ version: 'v2', shift: 1 })];
    gateway = await startGateway({
      models: models.map(({ url }) => url),
      features: 4,
      env: { API_KEYS: 'the-key-of-a-client' },
    });
  });
  afterAll(async () => {
    await gateway.stop();
    for (const model of models) await model.stop();
  });
  const key = { 'X-API-Key': 'the-key-of-a-client' };

  it('is passed through unchanged, and only with a key when keys are set', async () => {
    expect((await gateway.get('/models/v2/model-info', key)).body.version).toBe('v2');
    const row = { features: [0, 0, 0, 0] };
    expect((await gateway.post('/models/v2/predict', row, key)).status).toBe(401);
    const admin = { authorization: 'Bearer test-admin-token' };
    expect((await gateway.post('/models/v2/predict', row, admin)).body.prediction).toBe(1);
    expect((await gateway.post(`/models/v1${PATH}`, body(2), key)).body.outputs[0].data).toEqual([2]);
    expect((await gateway.get('/models/v2/model-info')).status).toBe(401);
    expect((await gateway.post(PATH, body(2))).status).toBe(401);
  });

  it('is a 404 for an unknown version, and gives access to versions only', async () => {
    expect((await gateway.get('/models/v9/health', key)).body.detail).toBe('Unknown version v9. Versions: v1, v2.');
    expect((await gateway.get('/models/v1//127.0.0.1:1/health', key)).status).toBe(400);
    expect((await gateway.get('/models/v1/%2e%2e%2fx', key)).status).toBe(400);
    expect((await gateway.get('/models/%76%31/model-info', key)).status).toBe(400);
  });
});

describe('a version that fails', () => {
  let model: OipServer;
  let gateway: TestGateway;
  beforeAll(async () => {
    model = await startOipServer();
    gateway = await startGateway({ models: [model.url], env: { UPSTREAM_TIMEOUT: '0.5' } });
  });
  afterAll(async () => {
    await gateway.stop();
    await model.stop();
  });
  beforeEach(async () => {
    model.behave('answer');
    await until(async () => expect((await gateway.get('/ready')).body.status).toBe('ready'));
  });
  const infer = { inputs: [{ name: 'rows', shape: [1, 2], datatype: 'FP64', data: [1, 0] }] };

  it.each([
    ['hang', 504, 'timeout'],
    ['reset', 502, 'connect'],
    ['error', 502, 'upstream'],
    ['garbage', 502, 'garbage'],
  ] as const)('by %s gets a %i that is counted, does not hang and names no host', async (behaviour, status, reason) => {
    const series = `prediction_errors_total{version="v1",reason="${reason}"}`;
    const before = await gateway.metric(series);
    model.behave(behaviour);
    const answer = await gateway.post(PATH, infer);
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({ error: expect.any(String) });
    expect(answer.body.error).not.toContain('127.0.0.1');
    expect(await gateway.metric(series)).toBe(before + 1);
  });

  it('does not receive the gateway’s own secrets', async () => {
    const seen = vi.fn();
    model.onRequest(seen);
    const secrets = { authorization: 'Bearer x', cookie: 'a=b', 'x-api-key': 'k', 'x-other': 'kept' };
    await gateway.get('/v2/models/iris', secrets);
    const headers = seen.mock.calls.map(([req]) => req.headers).find((some) => some['x-other']);
    expect(headers).toBeDefined();
    for (const name of ['authorization', 'cookie', 'x-api-key']) expect(headers).not.toHaveProperty(name);
  });

  it('and is gone is a 502 or 503', async () => {
    await model.stop();
    expect([502, 503]).toContain((await gateway.post(PATH, infer)).status);
    expect((await gateway.get('/models/v1/health')).status).toBe(502);
  });
});
