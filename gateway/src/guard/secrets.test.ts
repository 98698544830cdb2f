import { startTestModels } from '@coppice/testkit/start-test-models';
import { afterAll, beforeAll, expect, it } from 'vitest';

const planted = {
  ADMIN_TOKEN: 'planted-admin-token',
  API_KEYS: 'planted-key-number-one,planted-key-number-two',
  METRICS_TOKEN: 'planted-metrics-token',
  MODEL_V3_URL: 'http://planted-user:planted-password@127.0.0.1:1',
};
const secrets = [
  'planted-admin-token',
  'planted-key-number-one',
  'planted-key-number-two',
  'presented-secret',
  'planted-metrics-token',
  'planted-user',
  'planted-password',
];

let models: Awaited<ReturnType<typeof startTestModels>>;
let gateway: Awaited<ReturnType<typeof models.startGateway>>;
beforeAll(async () => {
  models = await startTestModels();
  gateway = await models.startGateway({ ...planted, TRUST_PROXY: '1', LOG_LEVEL: 'trace' });
});
afterAll(() => models.stop());

let clients = 0;
/** Wrong secrets are limited by address. */
const anotherClient = () => ({ 'x-forwarded-for': `2001:db8:${(++clients).toString(16)}::1` });

it('shows no secret in any answer or log line, whatever the request', async () => {
  const bodies = ['{"features":[5.1,3.5,1.4,0.2]}', '{"features":["planted"]}', '{', undefined];
  const credentials: Record<string, string>[] = [
    {},
    { authorization: 'Bearer planted-admin-token' },
    { authorization: 'Bearer presented-secret' },
    { 'x-api-key': 'planted-key-number-two' },
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
          ...{ method, headers: { ...headers, ...anotherClient(), 'content-type': 'application/json' } },
          ...(body === undefined ? {} : { body }),
        });
        const text = JSON.stringify([...answer.headers]) + (await answer.text());
        statuses = statuses.add(answer.status);
        for (const secret of secrets) expect(text, `${method} ${path}`).not.toContain(secret);
      }
  // all kinds of answers came: success, invalid, refused, not found
  expect([...statuses]).toEqual(expect.arrayContaining([200, 400, 401, 404]));
  await gateway.stop();
  expect(gateway.logged()).toContain('"level"');
  for (const secret of secrets) expect(gateway.logged()).not.toContain(secret);
});
