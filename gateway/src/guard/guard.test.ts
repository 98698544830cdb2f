import { errorHandler, readAllowedHosts } from '@coppice/serverkit';
import express from 'express';
import { pino } from 'pino';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { createGuard } from './guard.ts';
import { adminName } from './require-secret.ts';

type Config = Parameters<typeof createGuard>[0];

/** An app behind the guard whose answers show who sent the request. */
function guarded(config: Partial<Config> = {}) {
  const guard = createGuard(
    {
      apiKeys: [],
      metricsToken: undefined,
      rateLimit: 0,
      trustProxy: false,
      corsOrigins: [],
      hosts: readAllowedHosts(''),
      ...config,
    },
    { adminToken: 'the-admin-token' },
  );
  const app = express();
  guard.configure(app);
  app.use(...(guard.every as [express.RequestHandler]));
  app.post('/predict', ...guard.client, (req, res) => void res.json({ ip: req.ip }));
  app.get('/predictions', ...guard.client, (_req, res) => void res.json({}));
  app.get('/metrics', ...guard.metrics, (_req, res) => void res.json({}));
  app.patch('/config', ...guard.admin, (req, res) => void res.json({ who: adminName(req) }));
  app.use(errorHandler(pino({ level: 'silent' })));
  return { guard, app };
}

describe('the admin token', () => {
  it('opens what changes state, and is named with the address in the audit', async () => {
    const { app } = guarded();
    const answer = await request(app).patch('/config').set('Authorization', 'Bearer the-admin-token').expect(200);
    expect(answer.body.who).toBe('admin@127.0.0.1');
  });

  it.each([
    [{}, 'Bearer realm="coppice"'],
    [{ Authorization: 'Basic dXNlcjpwYXNz' }, 'Bearer realm="coppice"'],
    [{ Authorization: 'Bearer ' }, 'Bearer realm="coppice"'],
    [{ Authorization: 'Bearer the-admin-toke' }, 'Bearer realm="coppice", error="invalid_token"'],
    [{ Authorization: 'Bearer the-admin-token2' }, 'Bearer realm="coppice", error="invalid_token"'],
    [{ 'X-API-Key': 'the-admin-token' }, 'Bearer realm="coppice"'],
  ])('is required when there is %j', async (headers, challenge) => {
    const answer = await request(guarded().app).patch('/config').set(headers).expect(401);
    expect(answer.headers['www-authenticate']).toBe(challenge);
    expect(answer.type).toBe('application/problem+json');
    expect(answer.body).toMatchObject({ status: 401, title: 'Unauthorized' });
    expect(answer.text).not.toContain('the-admin-token');
  });
});

describe('API keys', () => {
  it('cost nothing while none is set', () => {
    const { guard } = guarded();
    expect(guard.client).toEqual([]);
    expect(guard.auth).toEqual({ api_key: false, admin: true });
  });

  it('close predictions to others, and the admin token opens them too', async () => {
    const { app, guard } = guarded({ apiKeys: ['key-one', 'key-two'] });
    expect(guard.auth).toEqual({ api_key: true, admin: true });
    await request(app).post('/predict').expect(401);
    const refused = await request(app).post('/predict').set('X-API-Key', 'key-three').expect(401);
    expect(refused.headers['www-authenticate']).toContain('invalid_token');
    await request(app).post('/predict').set('X-API-Key', 'key-one').expect(200);
    await request(app).post('/predict').set('Authorization', 'Bearer key-two').expect(200);
    await request(app).get('/predictions').set('authorization', 'bearer the-admin-token').expect(200);
  });

  it('do not open what changes state', async () => {
    const { app } = guarded({ apiKeys: ['key-one'] });
    expect((await request(app).patch('/config').set('Authorization', 'Bearer key-one')).status).toBe(401);
  });
});

describe('wrong secrets', () => {
  const config = { apiKeys: ['key-one'], trustProxy: 1 as const };
  const by = (
    app: express.Express,
    address: string,
    headers: Record<string, string>,
    method: 'get' | 'patch' = 'get',
  ) =>
    request(app)
      [method](method === 'get' ? '/predictions' : '/config')
      .set({ 'X-Forwarded-For': address, ...headers });

  it.each([
    ['API keys', { 'X-API-Key': 'key-one' }, 'get', (i: number) => ({ 'X-API-Key': `guess-${i}` })],
    ['API keys as bearer', { 'X-API-Key': 'key-one' }, 'get', (i: number) => ({ Authorization: `Bearer guess-${i}` })],
    [
      'admin tokens',
      { Authorization: 'Bearer the-admin-token' },
      'patch',
      (i: number) => ({ Authorization: `Bearer g${i}` }),
    ],
  ] as const)('such as %s are limited by address, and the right one waits too', async (_what, right, method, guess) => {
    const { app } = guarded(config);
    const statuses: number[] = [];
    for (let i = 0; i < 25; i++) statuses.push((await by(app, '192.0.2.1', guess(i), method)).status);
    expect(statuses).toEqual([...new Array(20).fill(401), ...new Array(5).fill(429)]);
    const refused = await by(app, '192.0.2.1', right, method);
    expect(refused.status).toBe(429);
    expect(refused.type).toBe('application/problem+json');
    expect(refused.body.detail).toMatch(
      /^More than 20 wrong secrets per minute from this address\. Try again in \d+ s\.$/,
    );
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await by(app, '192.0.2.2', right, method)).status).toBe(200);
  });

  it('are not what is right or missing', async () => {
    const { app } = guarded(config);
    for (let i = 0; i < 30; i++) {
      expect((await by(app, '192.0.2.1', { 'X-API-Key': 'key-one' })).status).toBe(200);
      expect((await by(app, '192.0.2.1', {})).status).toBe(401);
    }
  });
});

describe('/metrics', () => {
  const ask = (app: express.Express, headers: Record<string, string> = {}) => request(app).get('/metrics').set(headers);
  const stranger = { 'X-Forwarded-For': '192.0.2.1' };
  const token = { Authorization: 'Bearer the-metrics-token' };

  it('is open while nothing is set', async () => {
    expect((await ask(guarded().app, stranger)).status).toBe(200);
  });

  it.each([0, 1])(
    'is open to a private network once keys are set, but not through a proxy (TRUST_PROXY=%i)',
    async (hops) => {
      const { app } = guarded({ apiKeys: ['key-one'], trustProxy: hops || false });
      expect((await ask(app)).status).toBe(200);
      for (const address of ['192.0.2.1', '127.0.0.1', '10.0.0.1'])
        expect((await ask(app, { 'X-Forwarded-For': address })).status).toBe(401);
      expect((await ask(app, { ...stranger, 'X-API-Key': 'key-one' })).status).toBe(200);
      expect((await ask(app, { ...stranger, Authorization: 'Bearer the-admin-token' })).status).toBe(200);
      expect((await ask(app, token)).status).toBe(401);
    },
  );

  it('is open to the bearer of METRICS_TOKEN once that is set, and to no other network', async () => {
    const { app } = guarded({ metricsToken: 'the-metrics-token' });
    expect((await ask(app)).status).toBe(401);
    expect((await ask(app, { ...stranger, ...token })).status).toBe(200);
    expect((await ask(app, { Authorization: 'Bearer the-admin-token' })).status).toBe(200);
  });

  it('is all that METRICS_TOKEN opens', async () => {
    const { app } = guarded({ metricsToken: 'the-metrics-token', apiKeys: ['key-one'] });
    expect((await ask(app, token)).status).toBe(200);
    expect((await request(app).get('/predictions').set(token)).status).toBe(401);
    expect((await request(app).patch('/config').set(token)).status).toBe(401);
  });
});

describe('the rate limit', () => {
  it('counts a client over all guarded routes, shows what is left, and answers 429 above', async () => {
    const { app } = guarded({ rateLimit: 2 });
    const first = await request(app).post('/predict').expect(200);
    expect(first.headers).toMatchObject({ 'ratelimit-limit': '2', 'ratelimit-remaining': '1' });
    await request(app).get('/predictions').expect(200);
    const refused = await request(app).post('/predict').expect(429);
    expect(refused.type).toBe('application/problem+json');
    expect(refused.body.detail).toMatch(/^More than 2 requests per minute\. Try again in \d+ s\.$/);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(refused.headers['ratelimit-remaining']).toBe('0');
  });

  it('does not trust a forwarded address unless its proxy is trusted', async () => {
    const { app } = guarded({ rateLimit: 1 });
    const from = (address: string) => request(app).post('/predict').set('X-Forwarded-For', address);
    expect([(await from('192.0.2.1')).status, (await from('192.0.2.2')).status]).toEqual([200, 429]);
  });

  it('distinguishes clients behind a trusted proxy by the address that the proxy added', async () => {
    const { app } = guarded({ rateLimit: 1, trustProxy: 1 });
    const answer = await request(app).post('/predict').set('X-Forwarded-For', '192.0.2.1').expect(200);
    expect(answer.body.ip).toBe('192.0.2.1');
    await request(app).post('/predict').set('X-Forwarded-For', '192.0.2.2').expect(200);
    // what the client itself wrote stands further left and is not trusted
    await request(app).post('/predict').set('X-Forwarded-For', '198.51.100.9, 192.0.2.1').expect(429);
  });

  it('counts even refused keys, so that keys cannot be tried without end', async () => {
    const { app } = guarded({ rateLimit: 1, apiKeys: ['key-one'] });
    const by = (key: string) => request(app).post('/predict').set('X-API-Key', key);
    expect([(await by('guess')).status, (await by('key-one')).status]).toEqual([401, 429]);
  });
});

describe('headers', () => {
  it("are helmet's, except that a prediction sets its own", async () => {
    const { app } = guarded();
    const page = await request(app).get('/predictions').expect(200);
    expect(page.headers).toMatchObject({
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
    });
    expect(page.headers).not.toHaveProperty('strict-transport-security');
    const prediction = await request(app).post('/predict').expect(200);
    expect(prediction.headers['content-security-policy']).toBeUndefined();
    expect(prediction.headers['x-powered-by']).toBeUndefined();
  });
});

describe('pages of other origins', () => {
  it('may not read anything by default', async () => {
    const answer = await request(guarded().app).get('/predictions').set('Origin', 'https://a.example').expect(403);
    expect(answer.body.detail).toContain('CORS_ORIGINS=https://a.example');
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });

  it('may when they are allowed, and only those', async () => {
    const { app } = guarded({ corsOrigins: ['https://a.example'], apiKeys: ['key-one'] });
    const asked = await request(app)
      .options('/predict')
      .set({ Origin: 'https://a.example', 'Access-Control-Request-Method': 'POST' })
      .expect(204);
    expect(asked.headers['access-control-allow-origin']).toBe('https://a.example');
    expect(asked.headers['access-control-allow-headers']).toContain('X-API-Key');
    const answer = await request(app).post('/predict').set({ Origin: 'https://a.example', 'X-API-Key': 'key-one' });
    expect(answer.headers['access-control-allow-origin']).toBe('https://a.example');
    expect(answer.headers['access-control-expose-headers']).toContain('X-Model-Version');
    const other = await request(app).options('/predict').set('Origin', 'https://b.example');
    expect(other.headers['access-control-allow-origin']).toBeUndefined();
  });
});
