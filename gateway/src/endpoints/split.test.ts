import { type SplitReport, splitReport } from '@coppice/contract';
import { startOipServer } from '@coppice/testkit/oip-server';
import { startGateway } from '@coppice/testkit/start-gateway';
import { expect, it, onTestFinished } from 'vitest';

async function setUp(env: Record<string, string> = {}) {
  const [v1, v2] = [await startOipServer(), await startOipServer()];
  const gateway = await startGateway({ models: [v1.url, v2.url], env });
  onTestFinished(async () => {
    await gateway.stop();
    await Promise.all([v1.stop(), v2.stop()]);
  });
  const split = async (): Promise<SplitReport> => splitReport.parse((await gateway.get('/split')).body);
  const assigned = async () => (await split()).versions.map(({ assigned }) => assigned);
  return { gateway, v1, split, assigned };
}

it('counts assigned requests only, by the version that was drawn', async () => {
  const { gateway, v1, split, assigned } = await setUp({ MODEL_V1_WEIGHT: '1', MODEL_V2_WEIGHT: '0' });
  await gateway.predict(1);
  await gateway.post('/predict', { instances: new Array(50).fill([1, 0]) });
  for (let i = 0; i < 5; i++) await gateway.predict(1, {}, { user: 'ann' });
  expect(await assigned()).toEqual([3, 0]);
  await gateway.predict(1, { 'X-Model-Version': 'v2' });
  await gateway.predict(1, { 'X-Source': 'page' });
  await gateway.predict(1, {}, { preview: true });
  v1.behave('error');
  await gateway.predict(1);
  expect(await assigned()).toEqual([4, 0]);
  expect(await split()).toMatchObject({ assignments: 4, least: 200, versions: [{ share: 1 }, { share: 0 }] });
});

it('starts afresh when the weights change, and exports what it judges', async () => {
  const { gateway, split, assigned } = await setUp();
  for (let i = 0; i < 20; i++) await gateway.post('/predict', { features: [1, 0] });
  const before = await split();
  expect(before.assignments).toBe(20);
  const change = (body: object) => gateway.patch('/config', { ...body, reason: 'a test' });
  await change({ shadow: 'v2' });
  expect((await split()).since).toBe(before.since);
  await change({ weights: { v1: 100, v2: 0 } });
  expect(await assigned()).toEqual([0, 0]);
  for (let i = 0; i < 3; i++) await gateway.predict(1);
  expect(await gateway.metric('model_split_assignments{version="v1"}')).toBe(3);
  expect(await gateway.metric('model_split_differs{version="v1"}')).toBe(0);
});
