import { cardOf } from '@coppice/testkit/card-of-rows';
import { type Misbehaviour, misbehaviours, type OipServer, startOipServer } from '@coppice/testkit/oip-server';
import { startGateway, type TestGateway } from '@coppice/testkit/start-gateway';
import { until } from '@coppice/testkit/waiting/until';
import { afterEach, describe, expect, it } from 'vitest';

let servers: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const server of servers) await server.stop();
  servers = [];
});

type Setup = { env?: Record<string, string>; models?: OipServer[] };

async function setUp({ env = {}, models }: Setup = {}) {
  const both = models ?? [await startOipServer(), await startOipServer()];
  // every other request is v1's
  let n = 0;
  const gateway = await startGateway({
    models: both.map(({ url }) => url),
    env: { UPSTREAM_TIMEOUT: '0.3', ...env },
    random: () => (n++ % 2) / 2,
  });
  servers.push(gateway, ...both);
  const [v1, v2] = both as [OipServer, OipServer];
  const stateOf = async (version: string) =>
    (await gateway.get('/ready')).body.versions.find((state: { version: string }) => state.version === version);
  return { gateway, v1, v2, stateOf };
}

/** Of two features, the first of which is the class. */
function card(...classes: string[]) {
  const plain = cardOf(
    [0, 1, 2].map((label) => ({ features: [label, 0], label })),
    ['a', 'b'],
  );
  return { ...plain, classes: plain.classes.map((one, i) => ({ ...one, name: classes[i] })) };
}

const lines = (gateway: TestGateway, message: string) =>
  gateway
    .logged()
    .split('\n')
    .filter((line) => line.includes(`"msg":"${message}"`))
    .map((line) => JSON.parse(line));

describe('a version that is ready but does not predict', () => {
  // one for each reason; the fault suite tries all ways
  it.each<Misbehaviour>(['error', 'invalid', 'sum-not-1', 'midway', 'hang'])(
    'by %s is out after a handful of requests, and says why',
    async (behaviour) => {
      const { gateway, v1, stateOf } = await setUp();
      const trials = v1.batches.length;
      v1.behave(behaviour);
      const statuses: number[] = [];
      await until(async () => {
        statuses.push((await gateway.predict(1)).status);
        expect(await stateOf('v1')).toMatchObject({ ready: true, ejected: true });
      });
      expect(new Set(statuses)).toEqual(new Set([200]));
      expect(v1.batches.length - trials).toBeLessThanOrEqual(10);
      expect((await stateOf('v1')).reason).toMatch(/^its last requests failed: its server/);
      const [ejected, ...more] = lines(gateway, 'version ejected');
      expect(ejected).toMatchObject({ version: 'v1', reason: misbehaviours[behaviour], seconds: 30 });
      expect(more).toEqual([]);
    },
  );

  it('stays out while its health checks pass', async () => {
    const { gateway, v1, stateOf } = await setUp();
    v1.behave('error');
    await until(async () => {
      await gateway.predict(1);
      expect(await stateOf('v1')).toMatchObject({ ejected: true });
    });
    const asked = v1.batches.length;
    let checks = 0;
    v1.onRequest((req) => {
      if (req.url?.endsWith('/ready')) checks++;
    });
    await until(() => expect(checks).toBeGreaterThan(1));
    expect((await gateway.predict(1)).body.model_version).toBe('v2');
    expect((await gateway.predict(1)).body.model_version).toBe('v2');
    expect(await stateOf('v1')).toMatchObject({ ejected: true });
    expect(v1.batches.length).toBe(asked);
  });

  it('says what its server said', async () => {
    const { gateway, v1, stateOf } = await setUp();
    v1.behave('invalid');
    await until(async () => {
      await gateway.predict(1);
      expect((await stateOf('v1')).reason).toBe(
        'its last requests failed: its server refused the request: it answered 422: input rows: unexpected shape',
      );
    });
    expect(lines(gateway, 'version ejected')[0].detail).toContain('input rows: unexpected shape');
  });

  it('from its start never becomes ready, and is tried now and then, not with every check', async () => {
    const v1 = await startOipServer();
    v1.behave('not-probabilities');
    const { gateway, stateOf } = await setUp({ models: [v1, await startOipServer()] });
    expect(await stateOf('v1')).toMatchObject({
      ready: false,
      reason:
        "its trial inference failed: its server's answer is not a prediction: row 0 has probability -45.9 of class 0: must be from 0 to 1",
    });
    let checks = 0;
    v1.onRequest((req) => {
      if (req.url?.endsWith('/ready')) checks++;
    });
    await until(() => expect(checks).toBeGreaterThan(5));
    // a trial is two requests: of some rows, and of one
    expect(v1.batches.length).toBeLessThanOrEqual(4);
    expect(lines(gateway, 'version is not ready')).toHaveLength(1);
    v1.behave('answer');
    await until(async () => expect((await stateOf('v1')).ready).toBe(true));
  });
});

describe('when all versions are bad', () => {
  it('they are out as well, and one request a second is risked, so that the first good one serves again at once', async () => {
    const { gateway, v1, v2, stateOf } = await setUp();
    v1.behave('error');
    v2.behave('error');
    await until(async () => {
      expect([502, 503]).toContain((await gateway.predict(1)).status);
      expect(await stateOf('v1')).toMatchObject({ ejected: true });
      expect(await stateOf('v2')).toMatchObject({ ejected: true });
    });
    expect((await gateway.get('/ready')).status).toBe(503);
    const statuses = await Promise.all(
      Array.from({ length: 20 }, () => gateway.predict(1).then(({ status }) => status)),
    );
    expect(statuses.filter((status) => status === 503).length).toBeGreaterThanOrEqual(18);
    v2.behave('answer');
    // requests for metadata take nothing of that: they show nothing about inference
    await Promise.all(Array.from({ length: 20 }, () => gateway.get('/v2/models/iris')));
    await until(async () => expect((await gateway.predict(1)).status).toBe(200));
    await until(async () => expect(await stateOf('v2')).toMatchObject({ ejected: false, reason: null }));
    expect(await stateOf('v1')).toMatchObject({ ejected: true });
  });
});

describe('rows that no version can answer', () => {
  it('are the rows’ fault: clients cannot get versions ejected by them', async () => {
    const poison = { value: 2, status: 500 };
    const { gateway, stateOf } = await setUp({
      models: [await startOipServer({ poison }), await startOipServer({ poison })],
    });
    for (let i = 0; i < 20; i++) expect((await gateway.predict(2)).status).toBe(502);
    for (let i = 0; i < 20; i++) await gateway.predict(2, { 'X-Model-Version': 'v1' });
    expect(await stateOf('v1')).toMatchObject({ ready: true, ejected: false });
    expect(await stateOf('v2')).toMatchObject({ ready: true, ejected: false });
    expect((await gateway.predict(1)).status).toBe(200);
  });

  it('that only one version refuses are that version’s fault', async () => {
    const v1 = await startOipServer({ poison: { value: 2, status: 400 } });
    const { gateway, stateOf } = await setUp({ models: [v1, await startOipServer()] });
    await until(async () => {
      expect((await gateway.predict(2)).status).toBe(200);
      expect(await stateOf('v1')).toMatchObject({ ejected: true });
    });
  });
});

describe('a server that returns only classes', () => {
  const names = ['cat', 'dog', 'eel'];

  it.each([
    ['indices', {}],
    ['text', { texts: names }],
  ])('as %s has no probabilities, in the answer and in the record', async (_, options) => {
    const v1 = await startOipServer({ card: card(...names) });
    const v2 = await startOipServer({ labelsOnly: true, modelName: 'zoo', ...options });
    const { gateway, stateOf } = await setUp({ models: [v1, v2], env: { MODEL_V2_NAME: 'zoo' } });
    await until(async () => expect((await stateOf('v2')).ready).toBe(true));
    const { status, body } = await gateway.predict(1, { 'X-Model-Version': 'v2' });
    expect({ status, body }).toMatchObject({ status: 200, body: { prediction: 1, class: 'dog', probability: null } });
    const batch = await gateway.post(
      '/predict',
      {
        instances: [
          [2, 0],
          [0, 0],
        ],
      },
      { 'X-Model-Version': 'v2' },
    );
    expect(batch.body.predictions).toMatchObject([
      { class: 'eel', probability: null },
      { class: 'cat', probability: null },
    ]);
    const infer = (outputs?: { name: string }[]) =>
      gateway.post(
        '/v2/models/iris/infer',
        { inputs: [{ name: 'x', shape: [1, 2], datatype: 'INT32', data: [1, 2] }], outputs },
        { 'X-Model-Version': 'v2' },
      );
    expect((await infer()).body.outputs).toEqual([{ name: 'label', datatype: 'INT64', shape: [1], data: [1] }]);
    expect((await infer([{ name: 'predict' }])).body.outputs).toMatchObject([{ name: 'predict', data: [1] }]);
    expect(await infer([{ name: 'probability' }])).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('version v2 has no probability') },
    });
    // metadata comes from its server, by the name that the model has there
    const metadata = await gateway.get('/v2/models/iris/versions/v2');
    expect(metadata).toMatchObject({ status: 200, body: { name: 'zoo' } });
    await until(async () => {
      const { predictions } = (await gateway.get('/predictions')).body;
      expect(predictions).toHaveLength(5);
      expect(predictions.at(-1)).toMatchObject({ class: 'dog', probability: null, error: null });
    });
  });
});

describe('a model replaced behind the same address', () => {
  it('that fits begins anew: the drift window forgets the old one’s rows', async () => {
    const v1 = await startOipServer({ card: card('cat', 'dog', 'eel') });
    const { gateway, stateOf } = await setUp({ models: [v1, await startOipServer()] });
    const samples = async () => (await gateway.get('/drift')).body.samples;
    for (let i = 0; i < 5; i++) await gateway.predict(1);
    await until(async () => expect(await samples()).toBe(5));
    v1.replace({ card: { ...card('cat', 'dog', 'eel'), gitCommit: 'next' } });
    await until(async () => expect(await samples()).toBe(0));
    expect(lines(gateway, 'version serves another model than before')).toMatchObject([{ version: 'v1' }]);
    expect(await stateOf('v1')).toMatchObject({ ready: true, ejected: false });
    expect((await gateway.get('/model-info?version=v1')).body.gitCommit).toBe('next');
  });

  it('with another order of the classes goes on in the fleet’s order', async () => {
    const v1 = await startOipServer({ card: card('cat', 'dog', 'eel') });
    const { gateway, stateOf } = await setUp({ models: [v1, await startOipServer()] });
    v1.replace({ card: card('dog', 'cat', 'eel'), shift: 2 });
    const own = async () => (await gateway.get('/model-info?version=v1')).body.classes[0].name;
    await until(async () => expect(await own()).toBe('dog'));
    expect(await stateOf('v1')).toMatchObject({ ready: true, ejected: false });
    // its index 2, 0 and 1
    for (const [first, name, index] of [
      [0, 'eel', 2],
      [1, 'dog', 1],
      [2, 'cat', 0],
    ] as const) {
      const { body } = await gateway.predict(first, { 'X-Model-Version': 'v1' });
      expect(body).toMatchObject({ class: name, prediction: index });
      expect(body.probability[index]).toBe(1);
    }
  });

  it('with other classes is out within seconds', async () => {
    const v1 = await startOipServer({ card: card('cat', 'dog', 'eel') });
    const { gateway, stateOf } = await setUp({ models: [v1, await startOipServer()] });
    v1.replace({ card: card('cat', 'dog', 'fox') });
    await until(async () => {
      const { ready, reason } = await stateOf('v1');
      expect(reason).toContain("its classes (cat, dog, fox) differ from the other versions' (cat, dog, eel)");
      expect(ready).toBe(false);
    });
    expect((await gateway.predict(0, { 'X-Model-Version': 'v1' })).status).toBe(503);
    v1.replace({ card: card('cat', 'dog', 'eel') });
    await until(async () => expect((await stateOf('v1')).ready).toBe(true));
  });
});
