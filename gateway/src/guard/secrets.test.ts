import { startTestModels } from '@coppice/testkit/start-test-models';
import { afterAll, beforeAll, expect, it } from 'vitest';

const planted = {
  ADMIN_TOKEN: 'planted-admin-token',
  API_KEYS: 'planted-key-one,planted-key-two',
};
const secrets = ['planted-admin-token', 'planted-key-one', 'planted-key-two', 'presented-secret'];

let models: Awaited<ReturnType<typeof startTestModels>>;
let gateway: Awaited<ReturnType<typeof models.startGateway>>;
beforeAll(async () => {
  models = await startTestModels();
  gateway = await models.startGateway({ ...planted, LOG_LEVEL: 'trace' });
});
afterAll(() => models.stop());

it('shows no secret in any answer or log line, whatever is asked', async () => {
  const bodies = ['{"features":[5.1,3.5,1.4,0.2]}', '{"features":["planted"]}', '{', undefined];
  const credentials: Record<string, string>[] = [
    {},
    { authorization: 'Bearer planted-admin-token' },
    { authorization: 'Bearer presented-secret' },
    { 'x-api-key': 'planted-key-two' },
    { 'x-api-key': 'presented-secret', cookie: 'presented-secret' },
  ];
  const asked: [string, string][] = [
    ...['/config', '/openapi.json', '/metrics', '/ready', '/health', '/audit', '/predictions', '/drift'].map(
      (path): [string, string] => ['GET', path],
    ),
    ...['/shadow', '/performance', '/model-info', '/v2/models/iris', '/models/v1/metrics', '/nowhere'].map(
      (path): [string, string] => ['GET', path],
    ),
    ...['/predict', '/feedback', '/v2/models/iris/infer', '/models/v2/predict', '/nowhere'].map(
      (path): [string, string] => ['POST', path],
    ),
    ['PATCH', '/config'],
  ];
  let statuses = new Set<number>();
  for (const [method, path] of asked)
    for (const headers of credentials)
      for (const body of method === 'GET' ? [undefined] : bodies) {
        const answer = await fetch(gateway.url + path, {
          ...{ method, headers: { ...headers, 'content-type': 'application/json' } },
          ...(body === undefined ? {} : { body }),
        });
        const text = JSON.stringify([...answer.headers]) + (await answer.text());
        statuses = statuses.add(answer.status);
        for (const secret of secrets) expect(text, `${method} ${path}`).not.toContain(secret);
      }
  // it went all ways: answered, bad, refused, not there
  expect([...statuses]).toEqual(expect.arrayContaining([200, 400, 401, 404]));
  await gateway.stop();
  expect(gateway.logged()).toContain('"level"');
  for (const secret of secrets) expect(gateway.logged()).not.toContain(secret);
});
