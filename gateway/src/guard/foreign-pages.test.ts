import { sendRaw } from '@coppice/testkit/attacks';
import { startTestModels } from '@coppice/testkit/start-test-models';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let models: Awaited<ReturnType<typeof startTestModels>>;
let gateway: Awaited<ReturnType<typeof models.startGateway>>;
beforeAll(async () => {
  models = await startTestModels();
  gateway = await models.startGateway({
    CORS_ORIGINS: 'https://allowed.example',
    PUBLIC_URL: 'https://models.example.org',
    ALLOWED_HOSTS: 'gateway.example.org',
  });
});
afterAll(async () => {
  await gateway.stop();
  await models.stop();
});

const row = { features: [5.1, 3.5, 1.4, 0.2] };
const paths = [
  '/predict',
  '/health',
  '/ready',
  '/config',
  '/predictions',
  '/metrics',
  '/openapi.json',
  '/v2/models/iris',
  '/nowhere',
];
const status = async (path: string, headers: Record<string, string>) => {
  const agent = request(gateway.url);
  const call = path === '/predict' ? agent.post(path).send(row) : agent.get(path);
  return (await call.set(headers)).status;
};

describe('a name that a page elsewhere points at this machine', () => {
  it.each(paths)('reaches nothing at %s', async (path) => {
    expect(await status(path, { Host: 'evil.example:5000' })).toBe(421);
    for (const Host of ['localhost', 'gateway:5000', 'models.example.org', 'gateway.example.org:443'])
      expect([200, 404]).toContain(await status(path, { Host }));
  });
});

describe('a page elsewhere', () => {
  it.each(paths)('reaches nothing at %s', async (path) => {
    expect(await status(path, { Origin: 'https://evil.example' })).toBe(403);
    expect(await status(path, { 'Sec-Fetch-Site': 'same-site', 'Sec-Fetch-Mode': 'no-cors' })).toBe(403);
  });

  it('reaches neither what changes nor the servers of versions', async () => {
    const foreign = { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site', 'Content-Type': 'text/plain' };
    for (const path of ['/feedback', '/v2/repository/models/iris/unload', '/models/v1/predict'])
      expect((await request(gateway.url).post(path).set(foreign).send('{}')).status).toBe(403);
    expect((await request(gateway.url).patch('/config').set(foreign)).status).toBe(403);
  });

  it('may link to what can be read', async () => {
    const link = { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document' };
    expect(await status('/openapi.json', link)).toBe(200);
  });

  it('of an allowed origin predicts, also through the protocol, and its preflight passes', async () => {
    const allowed = { Origin: 'https://allowed.example', 'Sec-Fetch-Site': 'cross-site' };
    expect(await status('/predict', allowed)).toBe(200);
    // the version's own server does not know that origin
    expect(await status('/v2/models/iris', allowed)).toBe(200);
    const preflight = await request(gateway.url)
      .options('/predict')
      .set({ ...allowed, 'Access-Control-Request-Method': 'POST' });
    expect(preflight.status).toBe(204);
    expect(preflight.headers['access-control-allow-origin']).toBe('https://allowed.example');
  });
});

it('a program that names no origin is not affected, whatever its HTTP', async () => {
  expect(await status('/predict', {})).toBe(200);
  const { port } = new URL(gateway.url);
  expect(await sendRaw(Number(port), { method: 'GET', path: 'http://localhost/health' })).toContain(' 200 ');
  expect(await sendRaw(Number(port), { method: 'GET', path: 'http://evil.example/health' })).toContain(' 421 ');
});
