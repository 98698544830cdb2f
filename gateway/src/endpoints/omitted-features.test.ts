import { type OipServer, startOipServer } from '@coppice/testkit/oip-server';
import { startGateway } from '@coppice/testkit/start-gateway';
import { until } from '@coppice/testkit/waiting/until';
import { expect, it, onTestFinished } from 'vitest';

const admin = { authorization: 'Bearer test-admin-token' };

/** v1 has all traffic, v2 is the shadow and answers one class on; both call their features feature_0 and feature_1. */
async function setUp(RECORD_OMIT: string) {
  const servers: OipServer[] = [await startOipServer(), await startOipServer({ shift: 1 })];
  const gateway = await startGateway({
    models: servers.map(({ url }) => url),
    env: { MODEL_V1_WEIGHT: '1', MODEL_V2_WEIGHT: '0', SHADOW_VERSION: 'v2', RECORD_OMIT },
  });
  onTestFinished(async () => {
    await gateway.stop();
    for (const server of servers) await server.stop();
  });
  return gateway;
}

it('a feature that RECORD_OMIT names is in no row and no report, and the shadow version still gets it', async () => {
  const gateway = await setUp('feature_0');
  const { body } = await gateway.post('/predict', { features: [2, 7] });
  const kept = { feature_names: ['feature_1'], features: [7] };
  const row = await until(async () => {
    const answer = await gateway.get(`/predictions/${body.prediction_id}`);
    expect(answer.status).toBe(200);
    return answer.body;
  });
  expect(row).toMatchObject(kept);
  await until(async () => {
    const { disagreements } = (await gateway.get('/shadow')).body;
    // its class shows that it got the 2
    expect(disagreements).toMatchObject([{ ...kept, live_class: 'class_2', shadow_class: 'class_0' }]);
  });
  expect((await gateway.get('/ready', admin)).body.warnings).toEqual([]);
});

it('rows without a feature that the version needs are not replayed, and the replay says so', async () => {
  const gateway = await setUp('feature_0');
  for (const first of [0, 1]) await gateway.predict(first);
  const start = { version: 'v2', since: '1h', reason: 'what it does' };
  await until(async () => expect((await gateway.get('/predictions')).body.predictions).toHaveLength(2));
  const { body } = await gateway.post('/replay', start, admin);
  const view = await until(async () => {
    const now = (await gateway.get(`/replay/${body.id}`)).body;
    expect(now.state).toBe('done');
    return now;
  });
  expect(view).toMatchObject({
    rows: 0,
    not_replayable: 2,
    not_replayable_why: [{ why: 'without feature_0', rows: 2 }],
  });
});

it('a name that the model does not have is a warning, and all else is as it was', async () => {
  const gateway = await setUp('income');
  const { warnings } = (await gateway.get('/ready', admin)).body;
  const warning = "RECORD_OMIT names income, and the model's features are feature_0, feature_1";
  expect(warnings).toEqual([warning]);
  expect(gateway.logged()).toContain(warning);
  const { body } = await gateway.predict(1);
  await until(async () =>
    expect((await gateway.get(`/predictions/${body.prediction_id}`)).body.features).toEqual([1, 0]),
  );
});
