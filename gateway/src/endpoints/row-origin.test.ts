import { createHash } from 'node:crypto';
import { modelCard } from '@coppice/contract';
import { startModelServer } from '@coppice/testkit/model-server';
import { startOipServer } from '@coppice/testkit/oip-server';
import { startGateway } from '@coppice/testkit/start-gateway';
import { expect, it, onTestFinished } from 'vitest';

async function setUp() {
  const v1 = await startOipServer();
  const v2 = await startOipServer();
  const gateway = await startGateway({ models: [v1.url, v2.url], env: { MODEL_V2_WEIGHT: '1' }, random: () => 0 });
  onTestFinished(async () => {
    await gateway.stop();
    await Promise.all([v1.stop(), v2.stop()]);
  });
  const recorded = async ({ body }: { body: { prediction_id: string } }) =>
    (await gateway.get(`/predictions/${body.prediction_id}`)).body;
  return { v1, v2, gateway, recorded };
}

it('keeps which version was drawn, also when another one answers', async () => {
  const { gateway, v1, recorded } = await setUp();
  expect(await recorded(await gateway.predict(1))).toMatchObject({
    assigned: 'v1',
    model_version: 'v1',
    release: null,
  });
  v1.behave('error');
  const failedOver = { assigned: 'v1', model_version: 'v2', route: 'failover' };
  expect(await recorded(await gateway.predict(1))).toMatchObject(failedOver);
  const pinned = await recorded(await gateway.predict(1, { 'X-Model-Version': 'v2' }));
  expect(pinned).toMatchObject({ assigned: null, model_version: 'v2', route: 'pinned' });
});

it('keeps who asked: a person on the page only when the page server says so', async () => {
  const { gateway, recorded } = await setUp();
  expect(await recorded(await gateway.predict(1))).toMatchObject({ source: 'api' });
  expect(await recorded(await gateway.predict(1, { 'X-Source': 'page' }))).toMatchObject({ source: 'page' });
  expect(await recorded(await gateway.predict(1, { 'X-Source': 'elsewhere' }))).toMatchObject({ source: 'api' });
});

it("keeps the client's own key with each row of the request", async () => {
  const { gateway, recorded } = await setUp();
  const reference = 'order 47/11 – ü';
  expect(await recorded(await gateway.predict(1, {}, { reference }))).toMatchObject({ reference });
  expect(await recorded(await gateway.predict(1))).toMatchObject({ reference: null });
  const batch = await gateway.post('/predict', {
    instances: [
      [1, 0],
      [0, 0],
    ],
    reference: 'both',
  });
  for (const body of batch.body.predictions) expect(await recorded({ body })).toMatchObject({ reference: 'both' });
  const instances = [[1, 0], [0, 0]]; // biome-ignore format: a row each
  const keys = await gateway.post('/predict', { instances, references: ['first', 'second'] });
  const [first, second] = keys.body.predictions;
  expect(await recorded({ body: first })).toMatchObject({ reference: 'first' });
  expect(await recorded({ body: second })).toMatchObject({ reference: 'second' });
  for (const wrong of ['', 'x'.repeat(129), 'a\u0000b', 7])
    expect(await gateway.predict(1, {}, { reference: wrong })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/reference' }] },
    });
});

it("keeps the client's own key of an infer request, its parameter `reference`", async () => {
  const { gateway, recorded } = await setUp();
  const infer = (reference: unknown) =>
    gateway.post('/v2/models/iris/infer', {
      parameters: { reference },
      inputs: [{ name: 'features', shape: [1, 2], datatype: 'FP64', data: [1, 0] }],
    });
  const { body } = await infer('order-1');
  expect(await recorded({ body: body.parameters })).toMatchObject({ reference: 'order-1' });
  for (const wrong of ['', 'x'.repeat(129), 7])
    expect(await infer(wrong)).toMatchObject({ status: 400, body: { error: expect.stringContaining('reference') } });
});

it('keeps what ran in the version: the digest of its card', async () => {
  const server = await startModelServer({ version: 'v1' });
  const gateway = await startGateway({ models: [server.url], features: 4 });
  onTestFinished(async () => {
    await gateway.stop();
    await server.stop();
  });
  const { body } = await gateway.predict(5);
  const card = modelCard.parse((await gateway.get('/model-info')).body);
  const { release } = (await gateway.get(`/predictions/${body.prediction_id}`)).body;
  expect(release).toBe(createHash('sha256').update(JSON.stringify(card)).digest('hex'));
});
