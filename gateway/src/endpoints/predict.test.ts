import { prediction, predictionBatch } from '@coppice/contract';
import { goodnessOfFit } from '@coppice/statistics/chi-square';
import { startModelServer } from '@coppice/testkit/model-server';
import { seededRandom } from '@coppice/testkit/seeded-random';
import { startGateway, type TestGateway } from '@coppice/testkit/start-gateway';
import { until } from '@coppice/testkit/waiting/until';
import { Pool } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** v2 answers the class after v1's. */
let models: Awaited<ReturnType<typeof startModelServer>>[];
let gateway: TestGateway;

beforeAll(async () => {
  models = [
    await startModelServer({ version: 'v1' }),
    await startModelServer({ version: 'v2', shift: 1 }),
    await startModelServer({ version: 'v3', shift: 2 }),
  ];
  gateway = await startGateway({
    models: models.map(({ url }) => url),
    features: 4,
    env: { MODEL_V1_WEIGHT: '70', MODEL_V2_WEIGHT: '30', MODEL_V3_WEIGHT: '0' },
    random: seededRandom(7),
  });
});
afterAll(async () => {
  await gateway.stop();
  for (const model of models) await model.stop();
});

const labelOf: Record<string, (first: number) => number> = {
  v1: (first) => first,
  v2: (first) => (first + 1) % 3,
  v3: (first) => (first + 2) % 3,
};

describe('POST /predict', () => {
  it('answers one row by the contract, from the version that it names', async () => {
    const { status, headers, body } = await gateway.predict(1);
    expect(status).toBe(200);
    const answer = prediction.parse(body);
    expect(answer).toMatchObject({ route: 'weighted', prediction: labelOf[answer.model_version]?.(1) });
    expect(answer.class).toBe(['setosa', 'versicolor', 'virginica'][answer.prediction]);
    expect(answer.probability).toEqual([0, 1, 2].map((label) => (label === answer.prediction ? 1 : 0)));
    expect(answer.prediction_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(headers.get('x-model-version')).toBe(answer.model_version);
    expect(headers.get('server-timing')).toMatch(/^total;dur=\d+\.\d\d$/);
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('answers a row by names like one in order', async () => {
    const features = { petal_width: 0, sepal_length: 2, petal_length: 0, sepal_width: 0 };
    const { body } = await gateway.post('/predict', { features }, { 'X-Model-Version': 'v1' });
    expect(body).toMatchObject({ prediction: 2, route: 'pinned' });
  });

  it('answers a batch by one version, in order', async () => {
    const instances = Array.from({ length: 1024 }, (_, i) => [i % 3, 0, 0, 0]);
    const { body } = await gateway.post('/predict', { instances });
    const { predictions, model_version } = predictionBatch.parse(body);
    expect(predictions.map(({ prediction }) => prediction)).toEqual(
      instances.map(([first]) => labelOf[model_version]?.(first as number)),
    );
    expect(new Set(predictions.map(({ prediction_id }) => prediction_id)).size).toBe(1024);
  });

  it('echoes a safe request id and generates one otherwise', async () => {
    const given = await gateway.predict(0, { 'X-Request-Id': 'trace-1.2:3' });
    expect(given.headers.get('x-request-id')).toBe('trace-1.2:3');
    for (const unfit of ['<script>', 'a b', 'x'.repeat(129)]) {
      const { headers, body } = await gateway.predict(0, { 'X-Request-Id': unfit });
      expect(headers.get('x-request-id')).toBe(body.prediction_id);
    }
    const refused = await gateway.post('/predict', {}, { 'X-Request-Id': 'trace-2' });
    expect(refused.headers.get('x-request-id')).toBe('trace-2');
    expect(refused.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('follows the pin, also to a version of weight 0', async () => {
    for (const version of ['v1', 'v2', 'v3'])
      expect((await gateway.predict(1, { 'X-Model-Version': version })).body).toMatchObject({
        model_version: version,
        route: 'pinned',
        prediction: labelOf[version]?.(1),
      });
  });

  it('refuses a pin to an unknown version, and lists the known ones', async () => {
    const { status, body } = await gateway.predict(1, { 'X-Model-Version': 'v9' });
    expect({ status, detail: body.detail }).toEqual({
      status: 400,
      detail: 'Unknown version v9. Versions: v1, v2, v3.',
    });
  });

  it('keeps a user, from body or header, on one version', async () => {
    const versions = new Set<string>();
    for (let i = 0; i < 5; i++) {
      versions.add((await gateway.predict(1, {}, { user: 'ann' })).body.model_version);
      const byHeader = await gateway.predict(1, { 'X-User-Id': 'ann' });
      expect(byHeader.body.route).toBe('sticky');
      versions.add(byHeader.body.model_version);
    }
    expect(versions.size).toBe(1);
    expect((await gateway.predict(1, { 'X-User-Id': 'x'.repeat(257) })).status).toBe(400);
  });

  it('splits 10,000 requests at 70/30 within χ² at p > 0.001', { timeout: 240_000 }, async () => {
    const counts = { v1: 0, v2: 0 };
    const wrong: unknown[] = [];
    const pool = new Pool(gateway.url, { connections: 50 });
    const options = { path: '/predict', method: 'POST', headers: { 'content-type': 'application/json' } } as const;
    const send = async () => {
      for (let i = 0; i < 10_000 / 50; i++) {
        const { body } = await pool.request({ ...options, body: `{"features":[${i % 3},0,0,0]}` });
        const answer = prediction.parse(await body.json());
        counts[answer.model_version as 'v1' | 'v2']++;
        if (answer.prediction !== labelOf[answer.model_version]?.(i % 3)) wrong.push(answer);
      }
    };
    await Promise.all(Array.from({ length: 50 }, send));
    await pool.close();
    expect(wrong).toEqual([]);
    expect(counts.v1 + counts.v2).toBe(10_000);
    expect(goodnessOfFit([counts.v1, counts.v2], [0.7, 0.3]).pValue).toBeGreaterThan(0.001);
  });

  it('counts requests, rows and classes', async () => {
    const series = [
      'prediction_requests_total',
      'model_version_requests_total{version="v2"}',
      'model_predictions_total{version="v2",class="virginica"}',
      'prediction_latency_seconds_count{version="v2"}',
      'prediction_errors_total{version="none",reason="invalid"}',
    ];
    const read = () => Promise.all(series.map((name) => gateway.metric(name)));
    const before = await read();
    await gateway.post('/predict', { instances: new Array(10).fill([1, 0, 0, 0]) }, { 'X-Model-Version': 'v2' });
    await gateway.post('/predict', { features: [] });
    expect((await read()).map((value, i) => value - (before[i] ?? 0))).toEqual([2, 1, 10, 1, 1]);
  });

  it('answers a preview and does nothing else', async () => {
    const read = () =>
      Promise.all([
        gateway.metric('prediction_requests_total'),
        gateway.metric('model_drift_samples'),
        gateway.get('/predictions?limit=1').then(({ body }) => body.predictions[0]?.prediction_id),
      ]);
    // earlier rows may still be on their way into the record, which keeps the order
    const { body: last } = await gateway.predict(1);
    await until(async () => expect((await gateway.get(`/predictions/${last.prediction_id}`)).status).toBe(200));
    const before = await read();
    for (let i = 0; i < 10; i++) {
      const { body } = await gateway.predict(1, {}, { preview: true });
      expect(prediction.parse(body)).not.toHaveProperty('prediction_id');
      expect(body.route).toBe('preview');
    }
    expect(await read()).toEqual(before);
  });

  it('writes its answers into the record', async () => {
    const { body } = await gateway.predict(2, { 'X-Model-Version': 'v2' }, { user: 'bob' });
    const row = await until(async () => {
      const found = await gateway.get(`/predictions/${body.prediction_id}`);
      expect(found.status).toBe(200);
      return found.body;
    });
    expect(row).toMatchObject({
      ...{ model_version: 'v2', route: 'pinned', features: [2, 0, 0, 0] },
      ...{ prediction: body.prediction, class: body.class, probability: body.probability, error: null },
    });
    expect(row.user_hash).toMatch(/^[0-9a-f]{16}$/);
    expect(JSON.stringify(row)).not.toContain('bob');
  });

  it('logs each request at debug with its ids, and never its features', () => {
    const line = gateway
      .logged()
      .split('\n')
      .find((candidate) => candidate.includes('"predicted"'));
    expect(JSON.parse(line ?? '{}')).toMatchObject({
      level: 20,
      request_id: expect.any(String),
      prediction_id: expect.any(String),
      version: expect.any(String),
      route: expect.any(String),
      latency_ms: expect.any(Number),
    });
    expect(gateway.logged()).not.toContain('features');
  });
});

describe('what the gateway reports of itself', () => {
  it('GET /health says that it is live', async () => {
    expect(await gateway.get('/health')).toMatchObject({ status: 200, body: { status: 'ok' } });
  });

  it('GET /ready lists each version', async () => {
    const { status, body } = await gateway.get('/ready');
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'ready', warnings: [] });
    expect(body.versions.map(({ version, weight }: { version: string; weight: number }) => [version, weight])).toEqual([
      ['v1', 70],
      ['v2', 30],
      ['v3', 0],
    ]);
  });

  it('GET /model-info shows the card of a version', async () => {
    expect((await gateway.get('/model-info')).body.version).toBe('v1');
    expect((await gateway.get('/model-info?version=v2')).body.version).toBe('v2');
    expect(await gateway.get('/model-info?version=v7')).toMatchObject({
      status: 400,
      body: { detail: 'version must be one of v1, v2, v3.' },
    });
  });

  it('an unknown path is a 404 problem', async () => {
    const { status, headers, body } = await gateway.get('/nowhere');
    expect(status).toBe(404);
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(body.detail).toBe('No route for GET /nowhere.');
  });
});
