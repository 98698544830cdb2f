import { startModelServer } from '@coppice/testkit/model-server';
import { type Behaviour, type OipServer, startOipServer } from '@coppice/testkit/oip-server';
import { startGateway, type TestGateway } from '@coppice/testkit/start-gateway';
import { until } from '@coppice/testkit/waiting/until';
import { afterEach, describe, expect, it } from 'vitest';

let servers: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const server of servers) await server.stop();
  servers = [];
});

async function setUp({ n = 2, env = {} }: { n?: number; env?: Record<string, string> } = {}) {
  const models: OipServer[] = [];
  for (let i = 0; i < n; i++) models.push(await startOipServer());
  const gateway = await startGateway({
    models: models.map(({ url }) => url),
    env: { UPSTREAM_TIMEOUT: '1', ...env },
  });
  servers.push(gateway, ...models);
  return { models, gateway, v1: models[0] as OipServer, v2: models[1] as OipServer };
}

const stateOf = async (gateway: TestGateway, version: string) =>
  (await gateway.get('/ready')).body.versions.find((state: { version: string }) => state.version === version);

describe('a version that fails', () => {
  it.each(['error', 'garbage', 'hang', 'reset'] as Behaviour[])(
    'by %s loses no request: another version answers once, and the answer says so',
    async (behaviour) => {
      const { gateway, v1 } = await setUp({ env: { MODEL_V1_WEIGHT: '1', MODEL_V2_WEIGHT: '1' } });
      v1.behave(behaviour);
      const answers = await Promise.all(Array.from({ length: 40 }, () => gateway.predict(1)));
      expect(answers.map(({ status }) => status)).toEqual(new Array(40).fill(200));
      expect(answers.every(({ body }) => body.model_version === 'v2')).toBe(true);
      const failedOver = answers.filter(({ body }) => body.route === 'failover').length;
      expect(failedOver).toBeGreaterThan(0);
      expect(await gateway.metric('prediction_failovers_total{from="v1",to="v2"}')).toBe(failedOver);
    },
  );

  it.each([
    ['error', 502, 'its server failed'],
    ['garbage', 502, "its server's answer is not a prediction"],
    ['hang', 504, 'its server did not answer in time'],
    ['reset', 502, 'its server cannot be reached'],
  ] as const)(
    'by %s fails a pinned request with %i, in time and without showing its host',
    async (behaviour, status, why) => {
      const { gateway, v1 } = await setUp();
      v1.behave(behaviour);
      const startedAt = performance.now();
      const answer = await gateway.predict(1, { 'X-Model-Version': 'v1' });
      expect(performance.now() - startedAt).toBeLessThan(5000);
      expect(answer).toMatchObject({ status, body: { detail: `Version v1 failed: ${why}.` } });
      expect(JSON.stringify(answer.body)).not.toMatch(/127\.0\.0\.1|secret/);
    },
  );

  it('counts and records the failure', async () => {
    const { gateway, v1 } = await setUp();
    v1.behave('error');
    await gateway.predict(1, { 'X-Model-Version': 'v1' });
    expect(await gateway.metric('prediction_requests_total')).toBe(1);
    expect(await gateway.metric('model_version_requests_total{version="v1"}')).toBe(1);
    expect(await gateway.metric('prediction_errors_total{version="v1",reason="upstream"}')).toBe(1);
    await until(async () => {
      const { body } = await gateway.get('/predictions');
      expect(body.predictions).toMatchObject([
        { model_version: 'v1', error: 'upstream', prediction: null, class: null },
      ]);
    });
  });

  it('never sends traffic to a version of weight 0, not even then', async () => {
    const { gateway, v1, v2 } = await setUp({ env: { MODEL_V1_WEIGHT: '1', MODEL_V2_WEIGHT: '0' } });
    const trials = v2.batches.length;
    v1.behave('error');
    const answer = await gateway.predict(1);
    expect(answer.status).toBe(502);
    expect(v2.batches.length).toBe(trials);
  });

  it('gets no more requests once it reports that it is not ready', async () => {
    const { gateway, v1 } = await setUp();
    v1.beReady(false);
    await until(async () => expect((await stateOf(gateway, 'v1')).ready).toBe(false));
    expect((await gateway.get('/ready')).body.status).toBe('degraded');
    const asked = v1.batches.length;
    for (let i = 0; i < 10; i++) expect((await gateway.predict(1)).body.model_version).toBe('v2');
    expect(v1.batches.length).toBe(asked);
    expect(await gateway.metric('model_version_up{version="v1"}')).toBe(0);
    expect((await gateway.predict(1, { 'X-Model-Version': 'v1' })).status).toBe(503);
  });

  it('with no other available is a 503 that says when to retry', async () => {
    const { gateway, models } = await setUp();
    for (const model of models) model.beReady(false);
    await until(async () => expect((await gateway.get('/ready')).status).toBe(503));
    const { status, headers, body } = await gateway.predict(1);
    expect(status).toBe(503);
    expect(headers.get('retry-after')).toBe('1');
    expect(body.detail).toBe('No version with weight is ready.');
    expect(await gateway.metric('prediction_errors_total{version="none",reason="unavailable"}')).toBe(1);
  });
});

describe('a row that makes its version fail', () => {
  it('fails alone', async () => {
    const model = await startOipServer({ poison: { value: 2, status: 500 } });
    const gateway = await startGateway({ models: [model.url] });
    servers.push(gateway, model);
    const answers = await Promise.all([0, 1, 2, 1, 0].map((first) => gateway.predict(first)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 502, 200, 200]);
  });
});

describe('more requests than can wait', () => {
  it('get a 503 at once, and those that wait get answers', async () => {
    const model = await startOipServer();
    const gateway = await startGateway({
      models: [model.url],
      env: { UPSTREAM_MAX_QUEUE: '1024', UPSTREAM_MAX_IN_FLIGHT: '1', UPSTREAM_TIMEOUT: '20' },
    });
    servers.push(gateway, model);
    const batch = { instances: new Array(1000).fill([1, 0]) };
    model.behave('wait');
    const underWay = gateway.post('/predict', batch);
    await until(() => expect(model.held).toBe(1));
    // one of them fits into the queue, whichever comes first
    const two = [gateway.post('/predict', batch), gateway.post('/predict', batch)];
    const refused = await Promise.race(two);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(refused.body.detail).toBe('Version v1 failed: too many requests are waiting for it.');
    model.behave('answer');
    model.release();
    expect((await underWay).status).toBe(200);
    expect((await Promise.all(two)).map(({ status }) => status).sort()).toEqual([200, 503]);
  });
});

describe('a model server that is killed', () => {
  it('under load costs no unpinned request, and gets its share back when it returns', async () => {
    const v1 = await startModelServer({ version: 'v1' });
    let v2 = await startModelServer({ version: 'v2' });
    const gateway = await startGateway({ models: [v1.url, v2.url], features: 4 });
    servers.push(gateway, v1);
    const { port } = v2;
    let sending = true;
    const statuses: number[] = [];
    const send = async () => {
      while (sending) {
        const { status, body } = await gateway.predict(1);
        statuses.push(status);
        if (status === 200) expect(body.prediction).toBe(1);
      }
    };
    const load = Promise.all(Array.from({ length: 8 }, send));
    await until(() => expect(statuses.length).toBeGreaterThan(100));
    await v2.kill();
    await until(async () => expect((await stateOf(gateway, 'v2')).ready).toBe(false));
    const pinned = await gateway.predict(1, { 'X-Model-Version': 'v2' });
    expect(pinned.status).toBe(503);
    expect(pinned.headers.get('content-type')).toContain('application/problem+json');
    await v2.stop();
    v2 = await startModelServer({ version: 'v2', port });
    servers.push(v2);
    await until(async () => expect((await stateOf(gateway, 'v2')).ready).toBe(true));
    const before = await gateway.metric('model_version_requests_total{version="v2"}');
    await until(async () =>
      expect(await gateway.metric('model_version_requests_total{version="v2"}')).toBeGreaterThan(before),
    );
    sending = false;
    await load;
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
  });
});

describe('a gateway that starts before its versions', () => {
  it('is live, not ready, and says which version it waits for; one version is enough', async () => {
    const v2 = await startOipServer();
    const gateway = await startGateway({ models: ['http://127.0.0.1:9', v2.url] });
    servers.push(gateway, v2);
    const { body } = await gateway.get('/ready');
    expect(body.status).toBe('degraded');
    expect(body.versions[0]).toMatchObject({ version: 'v1', ready: false, reason: 'its server cannot be reached' });
    expect((await gateway.predict(2)).body).toMatchObject({ model_version: 'v2', prediction: 2 });
  });

  it('answers 503 until the first one is there, and logs no warning for that', async () => {
    const late = await startOipServer();
    late.beReady(false);
    const gateway = await startGateway({ models: [late.url] });
    servers.push(gateway, late);
    expect((await gateway.get('/health')).status).toBe(200);
    expect((await gateway.get('/ready')).status).toBe(503);
    expect(await gateway.predict(1)).toMatchObject({
      status: 503,
      body: { detail: 'No version of the model is ready yet.' },
    });
    late.beReady(true);
    await until(async () => expect((await gateway.predict(1)).status).toBe(200));
    expect(gateway.logged()).not.toMatch(/"level":[45]0/);
  });

  it('leaves out a version of another model', async () => {
    const [v1, v2] = [await startOipServer(), await startOipServer({ classes: 4 })];
    const gateway = await startGateway({ models: [v1.url, v2.url] });
    servers.push(gateway, v1, v2);
    const states = (await gateway.get('/ready')).body.versions;
    const out = states.filter(({ ready }: { ready: boolean }) => !ready);
    expect(out).toHaveLength(1);
    expect(out[0].reason).toContain("differ from the other versions'");
  });
});
