import { isReportFile, reportHeaders } from '@coppice/contract';
import { startTestModels } from '@coppice/testkit/start-test-models';
import { afterAll, beforeAll, expect, it } from 'vitest';

let models: Awaited<ReturnType<typeof startTestModels>>;
let gateway: Awaited<ReturnType<typeof models.startGateway>>;
beforeAll(async () => {
  models = await startTestModels();
  gateway = await models.startGateway({ API_KEYS: 'a-key-of-16-letters' });
});
afterAll(async () => {
  await gateway.stop();
  await models.stop();
});

const get = (path: string, key = 'a-key-of-16-letters') =>
  fetch(gateway.url + path, { headers: key === '' ? {} : { 'x-api-key': key } });

it("a version's report is there for whoever may read, and a browser runs nothing of it", async () => {
  for (const [path, type] of [
    ['/models/v1/report', 'text/html; charset=utf-8'],
    ['/models/v2/report/report.json', 'application/json; charset=utf-8'],
  ] as const) {
    const answer = await get(path);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, type]);
    for (const name of ['Content-Security-Policy', 'X-Content-Type-Options'] as const)
      expect(answer.headers.get(name)).toBe(reportHeaders[name]);
    expect((await get(path, '')).status).toBe(401);
  }
});

it('only files of a report are, and others of the same place need the admin token', async () => {
  expect(isReportFile('slices.csv')).toBe(true);
  expect((await get('/models/v1/report/slices.csv')).status).toBe(404);
  expect(isReportFile('test-rows.json.gz')).toBe(false);
  expect((await get('/models/v1/report/test-rows.json.gz')).status).toBe(401);
});
