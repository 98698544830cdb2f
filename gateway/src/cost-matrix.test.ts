import { startOipServer } from '@coppice/testkit/oip-server';
import { startGateway } from '@coppice/testkit/start-gateway';
import { expect, it, onTestFinished } from 'vitest';

async function setUp(costs: unknown) {
  const version = await startOipServer();
  const gateway = await startGateway({ models: [version.url], env: { COST_MATRIX: JSON.stringify(costs) } });
  onTestFinished(async () => {
    await gateway.stop();
    await version.stop();
  });
  return gateway;
}

it('a cost matrix that does not fit the model warns in /ready and in the log, by the names of the classes', async () => {
  const gateway = await setUp({ class_0: { rose: 5 } });
  const warning = "COST_MATRIX names rose, and the model's classes are class_0, class_1, class_2: no cost is counted";
  expect((await gateway.get('/ready')).body.warnings).toEqual([warning]);
  expect(gateway.logged()).toContain(warning);
  const { body } = await gateway.predict(0);
  expect(await gateway.post('/feedback', { prediction_id: body.prediction_id, actual: 'class_0' })).toMatchObject({
    status: 200,
  });
});

it('a cost matrix that fits warns of nothing', async () => {
  const gateway = await setUp({ class_0: { class_1: 5 } });
  expect((await gateway.get('/ready')).body.warnings).toEqual([]);
});
