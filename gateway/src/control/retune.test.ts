import { startTestModels } from '@coppice/testkit/start-test-models';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

type Gateway = Awaited<ReturnType<typeof models.startGateway>>;
let models: Awaited<ReturnType<typeof startTestModels>>;
let folder = 0;
let running: Gateway[] = [];

beforeAll(async () => {
  models = await startTestModels();
});
afterEach(async () => {
  for (const gateway of running.splice(0)) await gateway.stop();
});
afterAll(() => models.stop());

const newFolder = () => `${models.folder}/retune-${folder++}`;

async function start(env: Record<string, string> = {}): Promise<Gateway> {
  const gateway = await models.startGateway({ DATA_DIR: newFolder(), ...env });
  running.push(gateway);
  return gateway;
}

async function stop(gateway: Gateway): Promise<void> {
  running = running.filter((other) => other !== gateway);
  await gateway.stop();
}

async function call({ url }: Gateway, method: string, path: string, body?: unknown, headers: object = {}) {
  const answer = await fetch(url + path, {
    method,
    headers: { authorization: 'Bearer test-admin-token', 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: the tests are about the content of answers
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as any };
}

const predict = (gateway: Gateway) => call(gateway, 'POST', '/predict', { features: [0, 0, 0, 0] });
const retune = (gateway: Gateway, body: unknown) => call(gateway, 'PATCH', '/config', body);

describe('PATCH /config', () => {
  it('decides the very next request, every time', async () => {
    const gateway = await start();
    for (let round = 0; round < 20; round++) {
      const preset = round % 2 ? 'full' : 'rollback';
      expect((await retune(gateway, { preset, reason: 'turn' })).status).toBe(200);
      expect((await predict(gateway)).body.model_version).toBe(round % 2 ? 'v2' : 'v1');
    }
    const { body } = await call(gateway, 'GET', '/audit?limit=2');
    expect(body.audit).toMatchObject([
      { revision: 21, who: 'admin@127.0.0.1', action: 'preset full', reason: 'turn' },
      { revision: 20, action: 'preset rollback' },
    ]);
    expect((await call(gateway, 'GET', `/audit?before=${body.audit[1].id}&limit=1`)).body.audit[0].revision).toBe(19);
  });
});

describe('an invalid change', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await models.startGateway({ DATA_DIR: newFolder() });
  });
  afterAll(() => gateway.stop());

  it.each([
    ['{"weights":{"v1":90,"v9":10},"reason":"x"}', 400, '/weights/v9'],
    ['{"weights":{"v1":90,"v2":-10},"reason":"x"}', 400, '/weights/v2'],
    ['{"weights":{"v1":0.9,"v2":0.1},"reason":"x"}', 400, '/weights/v1'],
    ['{"weights":{"v1":0,"v2":0},"reason":"x"}', 400, '/weights'],
    ['{"weights":{"v1":90,"v2":10}}', 400, '/reason'],
    ['{"weights":{"v1":90,"v2":1e400},"reason":"x"}', 400, '/weights/v2'],
    ['{"weights":{"v1":90,"constructor":10},"reason":"x"}', 400, '/weights/constructor'],
    ['{"weights":null,"reason":"x"}', 400, '/weights'],
    ['{"shadow":"v9","reason":"x"}', 400, '/shadow'],
    ['{"preset":"rollback","reason":"x","revision":0}', 409, '/revision'],
    ['[]', 400, ''],
    ['', 400, ''],
    ['{', 400, undefined],
  ])('refuses %s with %i and changes nothing', async (text, status, pointer) => {
    const answer = await retune(gateway, text);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(answer.body.errors?.[0].pointer).toBe(pointer);
    expect((await call(gateway, 'GET', '/config')).body).toMatchObject({ revision: 1, weights: { v1: 50, v2: 50 } });
  });

  it('refuses a body that is too large, or not JSON', async () => {
    expect((await retune(gateway, `{"reason":"${'x'.repeat(70_000)}"}`)).status).toBe(413);
    const answer = await call(gateway, 'PATCH', '/config', 'preset=full', { 'content-type': 'text/plain' });
    expect(answer).toMatchObject({ status: 415, body: { detail: expect.stringContaining('application/json') } });
  });

  it.each(['limit=0', 'limit=1001', 'limit=x', 'before=-1', 'page=2'])('refuses GET /audit?%s', async (query) => {
    expect((await call(gateway, 'GET', `/audit?${query}`)).status).toBe(400);
  });
});

describe('what a restart keeps', () => {
  it('is the last weights and the generated token', async () => {
    const DATA_DIR = newFolder();
    const first = await start({ DATA_DIR, ADMIN_TOKEN: '', UI_PORT: '1234' });
    const [, token] = /http:\/\/127\.0\.0\.1:1234\/#token=([\w-]+)/.exec(first.logged()) ?? [];
    const bearer = { authorization: `Bearer ${token}` };
    await call(first, 'PATCH', '/config', { preset: 'rollback', reason: 'v2 is wrong' }, bearer);
    await stop(first);

    const second = await start({ DATA_DIR, ADMIN_TOKEN: '' });
    expect((await call(second, 'GET', '/config')).body).toMatchObject({ revision: 2, mode: 'rollback' });
    expect(second.logged()).not.toContain(token);
    expect((await call(second, 'GET', '/audit', undefined, bearer)).status).toBe(200);
    await stop(second);

    const third = await start({ DATA_DIR, MODEL_V1_WEIGHT: '1', MODEL_V2_WEIGHT: '3' });
    expect((await call(third, 'GET', '/config')).body).toMatchObject({ revision: 3, weights: { v1: 1, v2: 3 } });
  });
});

describe('the guard in its place', () => {
  it('closes what API_KEYS closes, and nothing that a probe needs', async () => {
    const gateway = await start({ API_KEYS: 'key-one-of-clients' });
    const status = async (method: string, path: string, headers: object) =>
      (await call(gateway, method, path, method === 'POST' ? '{}' : undefined, headers)).status;
    const nobody = { authorization: '' };
    const closed = [
      ...['POST /predict', 'POST /feedback', 'GET /predictions', 'GET /predictions/x', 'GET /shadow'],
      ...['GET /v2/models/iris', 'POST /v2/models/iris/infer', 'GET /models/v1/model-info'],
      ...['GET /model-info', 'GET /drift', 'GET /performance', 'GET /access'],
    ];
    for (const line of closed) {
      const [method, path] = line.split(' ') as [string, string];
      expect([path, await status(method, path, nobody)]).toEqual([path, 401]);
      expect([path, await status(method, path, { ...nobody, 'x-api-key': 'key-one-of-clients' })]).not.toEqual([
        path,
        401,
      ]);
    }
    for (const path of ['/config', '/health', '/ready', '/openapi.json', '/v2/health/ready'])
      expect([path, await status('GET', path, nobody)]).toEqual([path, 200]);
    expect((await call(gateway, 'GET', '/config')).body.auth).toEqual({ api_key: true, admin: true });
    expect(await status('PATCH', '/config', { authorization: 'Bearer key-one-of-clients' })).toBe(401);
    expect(await status('GET', '/audit', { authorization: 'Bearer key-one-of-clients' })).toBe(401);
  });

  it('sends its headers with predictions and all other answers', async () => {
    const gateway = await start();
    const { headers } = await predict(gateway);
    expect([headers.get('x-content-type-options'), headers.get('x-powered-by')]).toEqual(['nosniff', null]);
    const config = await call(gateway, 'GET', '/config');
    expect(config.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it('limits a client over predictions and the protocol together', async () => {
    const gateway = await start({ RATE_LIMIT: '2' });
    expect((await predict(gateway)).headers.get('ratelimit-remaining')).toBe('1');
    await call(gateway, 'GET', '/v2/models/iris');
    const { status, headers } = await predict(gateway);
    expect([status, headers.get('ratelimit-limit')]).toEqual([429, '2']);
    expect((await call(gateway, 'GET', '/ready')).status).toBe(200);
  });
});
