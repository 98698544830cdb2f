import { type DriftReport, driftReport, historyPage, shadowReport } from '@coppice/contract';
import { measuredDrift } from '@coppice/testkit/measured-drift';
import { startTestModels } from '@coppice/testkit/start-test-models';
import { until } from '@coppice/testkit/waiting/until';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let models: Awaited<ReturnType<typeof startTestModels>>;
let gateway: Awaited<ReturnType<(typeof models)['startGateway']>>;
beforeAll(async () => {
  models = await startTestModels();
  gateway = await models.startGateway({ MODEL_V1_WEIGHT: '1', MODEL_V2_WEIGHT: '0', SHADOW_VERSION: 'v2' });
});
afterAll(async () => {
  await gateway.stop();
  await models.stop();
});

const post = async (path: string, body: object, headers: Record<string, string>) => {
  const answer = await fetch(`${gateway.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
};
const read = async (path: string) => (await fetch(`${gateway.url}${path}`)).json();

describe('what a visitor tries on the page', () => {
  it('is in the history, and in neither drift nor shadow', async () => {
    const features = [5.1, 3.5, 1.4, 0.2];
    const tensor = { inputs: [{ name: 'features', shape: [1, 4], datatype: 'FP64', data: features }] };
    const page = { 'x-source': 'page' };
    await post('/predict', { features: [99999, 3.5, 1.4, 0.2] }, page);
    await post('/predict', { instances: [features, features] }, page);
    await post('/v2/models/iris/infer', tensor, page);
    await post('/predict', { features }, {});
    await post('/predict', { features }, { 'x-source': 'elsewhere' });
    await post('/v2/models/iris/infer', tensor, { 'x-source': 'api' });
    await until(async () => {
      expect(shadowReport.parse(await read('/shadow'))).toMatchObject({ compared: 3, dropped: 0, failed: 0 });
      expect(historyPage.parse(await read('/predictions')).predictions).toHaveLength(7);
    });
    const report: DriftReport = driftReport.parse(await read('/drift'));
    expect(report.samples).toBe(3);
    expect(measuredDrift(report, 0).now?.mean).toBe(5.1);
  });
});
