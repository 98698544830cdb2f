import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { ConfigError, readAllowedHosts } from '@coppice/serverkit';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from './app.ts';

const log = { error: () => {} };
let folder: string;
const servers: Server[] = [];

async function listen(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const echo: RequestListener = (req, res) => {
  let body = '';
  req.on('data', (chunk) => {
    body += chunk;
  });
  req.on('end', () =>
    res.end(
      JSON.stringify({
        ...{ method: req.method, url: req.url, body, headers: req.headers },
        ...{ key: req.headers['x-api-key'], source: req.headers['x-source'] },
      }),
    ),
  );
};
const breakOff: RequestListener = (req) => req.socket.destroy();
/** Nothing listens there: the port is closed again. */
const away = 'http://127.0.0.1:1';

const page = (gatewayUrl: string, prometheusUrl = away, basePath = '') =>
  createApp(
    {
      hosts: readAllowedHosts(''),
      basePath,
      gatewayUrl,
      prometheusUrl,
      prometheusPublicUrl: null,
      prometheusPort: 9090,
    },
    { log, pageFolder: folder },
  );

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'page-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>page</title>');
  for (const name of ['a-1234.js', 'b-1234.js']) {
    writeFileSync(join(folder, 'assets', name), 'export {};');
    writeFileSync(join(folder, 'assets', `${name}.br`), brotliCompressSync('export {};'));
  }
});

afterAll(() => {
  rmSync(folder, { recursive: true });
  for (const server of servers) server.close();
});

describe('the page server', () => {
  it('serves the page with revalidation and its assets as immutable, compressed', async () => {
    const app = page(away);
    const index = await request(app).get('/').expect(200);
    expect(index.headers['cache-control']).toBe('no-cache');
    const asset = await request(app).get('/assets/a-1234.js').set('Accept-Encoding', 'br').buffer(false).expect(200);
    expect(asset.headers['cache-control']).toContain('immutable');
    expect(asset.headers['content-encoding']).toBe('br');
    expect(asset.headers['content-type']).toContain('javascript');
  });

  it('survives files that vanish, as while the page is rebuilt', async () => {
    const app = page(away);
    rmSync(join(folder, 'assets', 'b-1234.js.br'));
    rmSync(join(folder, 'assets', 'b-1234.js'));
    const { body, headers } = await request(app).get('/assets/b-1234.js').set('Accept-Encoding', 'br').expect(404);
    expect(headers['content-encoding']).toBeUndefined();
    expect(body.status).toBe(404);
  });

  it('allows only its own files', async () => {
    const { headers } = await request(page(away)).get('/');
    const policy = headers['content-security-policy'];
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    expect(headers['x-powered-by']).toBeUndefined();
  });

  it('answers an unknown path with problem+json', async () => {
    const { body, headers } = await request(page(away)).get('/nothing/here').expect(404);
    expect(headers['content-type']).toContain('application/problem+json');
    expect(body.status).toBe(404);
  });

  it('passes requests to the gateway, bodies and keys untouched, without its prefix', async () => {
    const app = page(await listen(echo));
    const { text } = await request(app)
      .post('/api/predict?x=1')
      .set('X-API-Key', 'k')
      .send({ features: [1, 2] });
    expect(JSON.parse(text)).toMatchObject({
      method: 'POST',
      url: '/predict?x=1',
      body: '{"features":[1,2]}',
      key: 'k',
      source: 'page',
    });
  });

  it('serves the same below BASE_PATH, for a proxy that keeps its prefix', async () => {
    const app = page(await listen(echo), away, '/ml');
    for (const base of ['', '/ml']) {
      expect((await request(app).get(`${base}/`).expect(200)).text).toContain('<title>page</title>');
      await request(app).get(`${base}/assets/a-1234.js`).expect(200);
      await request(app).get(`${base}/ready`).expect(200);
      const { text } = await request(app).get(`${base}/api/config?x=1`).expect(200);
      expect(JSON.parse(text).url).toBe('/config?x=1');
    }
    for (const path of ['/mlx/', '/m', '/ml/ml/', '/ml/nothing']) await request(app).get(path).expect(404);
    expect((await request(app).get('/ml?x=1').expect(308)).headers.location).toBe('/ml/?x=1');
  });

  it('says that the gateway is down, without its address', async () => {
    const { body, text } = await request(page(away))
      .post('/api/predict')
      .send({ features: [1] })
      .expect(502);
    expect(body.detail).toBe('The gateway cannot be reached.');
    expect(text).not.toContain('127.0.0.1');
  });

  it('reports that the gateway closed the connection', async () => {
    const { body } = await request(page(await listen(breakOff)))
      .get('/api/config')
      .expect(504);
    expect(body.detail).toContain('closed the connection');
  });

  it.each(['query', 'query_range', 'alerts', 'rules', 'targets'])('forwards %s to Prometheus', async (name) => {
    const { text } = await request(page(await listen(echo), await listen(echo)))
      .get(`/prometheus/api/v1/${name}?query=up`)
      .expect(200);
    expect(JSON.parse(text).url).toBe(`/api/v1/${name}?query=up`);
  });

  const credentials = {
    ...{ Authorization: 'Bearer token', 'X-API-Key': 'key', 'Proxy-Authorization': 'Basic x', Cookie: 'session=1' },
    ...{ Forwarded: 'for=1', 'X-Real-IP': '1.2.3.4', 'X-HTTP-Method-Override': 'DELETE' },
  };

  it('sends Prometheus no credentials, and nothing else that is not for it', async () => {
    const { text } = await request(page(await listen(echo), await listen(echo)))
      .get('/prometheus/api/v1/query?query=up')
      .set({ ...credentials, 'User-Agent': 'me', Accept: 'application/json' })
      .expect(200);
    expect(Object.keys(JSON.parse(text).headers).sort()).toEqual(['accept', 'accept-encoding', 'connection', 'host']);
  });

  it('sends the gateway the credentials that it asks for, but not the cookies of other programs on this host', async () => {
    const { text } = await request(page(await listen(echo)))
      .get('/api/audit')
      .set(credentials);
    const { headers } = JSON.parse(text);
    expect(headers).toMatchObject({ authorization: 'Bearer token', 'x-api-key': 'key' });
    for (const name of ['cookie', 'proxy-authorization', 'x-http-method-override'])
      expect(headers).not.toHaveProperty(name);
  });

  it('adds the address of its client after what the client wrote itself, so that nobody hides behind another', async () => {
    const app = page(await listen(echo));
    const sent = async (headers: Record<string, string>) =>
      JSON.parse((await request(app).get('/api/config').set(headers)).text).headers['x-forwarded-for'];
    expect(await sent({})).toMatch(/^(::ffff:)?127\.0\.0\.1$/);
    expect(await sent({ 'X-Forwarded-For': '192.0.2.1' })).toMatch(/^192\.0\.2\.1, (::ffff:)?127\.0\.0\.1$/);
  });

  it('says that Prometheus is down, without its address', async () => {
    const { body, text } = await request(page(await listen(echo)))
      .get('/prometheus/api/v1/query')
      .expect(502);
    expect(body.detail).toBe('Prometheus cannot be reached.');
    expect(text).not.toContain('127.0.0.1');
  });

  it.each([
    ['POST', '/api/v1/query', 405],
    ['DELETE', '/api/v1/query', 405],
    ['GET', '/api/v1/admin/tsdb/snapshot', 404],
    ['GET', '/api/v1/status/config', 404],
    ['GET', '/api/v1/query/../status/config', 404],
    ['GET', '/api/v1/query/', 404],
    ['GET', '/-/quit', 404],
    ['GET', '/', 404],
  ])('keeps %s %s of Prometheus closed', async (method, path, status) => {
    const app = page(await listen(echo), await listen(echo));
    const agent = request(app);
    const call = method === 'POST' ? agent.post : method === 'DELETE' ? agent.delete : agent.get;
    expect((await call.call(agent, `/prometheus${path}`)).status).toBe(status);
  });

  it('lets those read Prometheus whom the gateway lets read', async () => {
    let key: string | undefined = 'key-one';
    const asked: unknown[] = [];
    const gateway = await listen((req, res) => {
      asked.push([req.url, req.headers['x-forwarded-for']]);
      if (key === undefined) return void req.socket.destroy();
      const right = req.headers['x-api-key'] === key || req.headers.authorization === `Bearer ${key}`;
      res
        .writeHead(right ? 204 : 401, { 'www-authenticate': 'Bearer' })
        .end(right ? '' : '{"detail":"Unknown API key."}');
    });
    const app = page(gateway, await listen(echo));
    const query = (headers: Record<string, string> = {}) => request(app).get('/prometheus/api/v1/query').set(headers);
    expect((await query()).status).toBe(401);
    expect((await query({ 'X-API-Key': 'wrong', 'X-Forwarded-For': '192.0.2.1' })).body.detail).toBe(
      'Unknown API key.',
    );
    expect(asked).toEqual([
      ['/access', expect.stringContaining('127.0.0.1')],
      ['/access', expect.stringMatching(/^192.0.2.1, .*127.0.0.1$/)],
    ]);
    expect((await query({ 'X-API-Key': 'key-one' })).status).toBe(200);
    expect((await query({ Authorization: 'Bearer key-one' })).status).toBe(200);
    // down: still for those who were let in, and for nobody else
    key = undefined;
    expect((await query({ 'X-API-Key': 'key-one' })).status).toBe(200);
    expect((await query({ 'X-API-Key': 'key-two' })).status).toBe(502);
  });

  it('reports which parts answer, without failing itself', async () => {
    const { body } = await request(page(await listen(echo)))
      .get('/status')
      .expect(200);
    expect(body).toEqual({
      ...{ gateway: true, prometheus: false, prometheus_seen: false },
      ...{ prometheus_url: null, prometheus_port: 9090 },
    });
  });

  it('answers to its own names only, whatever the path', async () => {
    const app = page(await listen(echo), await listen(echo));
    for (const path of ['/', '/health', '/status', '/api/config', '/prometheus/api/v1/query'])
      for (const [host, status] of [
        ['evil.example', 421],
        ['localhost:8501', 200],
        ['ui:8501', 200],
      ] as const)
        expect([path, host, (await request(app).get(path).set('Host', host)).status]).toEqual([path, host, status]);
  });

  it('keeps /status and /prometheus from pages elsewhere, and leaves /api to the gateway', async () => {
    const app = page(await listen(echo), await listen(echo));
    const elsewhere = { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' };
    for (const path of ['/status', '/prometheus/api/v1/query'])
      expect((await request(app).get(path).set(elsewhere)).status).toBe(403);
    const sent = async (headers: Record<string, string>) =>
      JSON.parse((await request(app).post('/api/predict').set('Host', 'localhost:8501').set(headers)).text).headers;
    expect(await sent(elsewhere)).toMatchObject({ origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' });
    // the gateway sees another Host and would take the page's own origin for another one
    expect(await sent({ Origin: 'http://localhost:8501' })).not.toHaveProperty('origin');
  });

  it('has every route in the table of docs/access.md', () => {
    const docs = readFileSync(new URL('../../docs/access.md', import.meta.url), 'utf8').split('\n## Page server\n')[1];
    type Stack = { route?: { path: string | string[] }; handle: { stack?: Stack } }[];
    const routesOf = (stack: Stack): string[] =>
      stack.flatMap(({ route, handle }) => route?.path ?? routesOf(handle.stack ?? []));
    const routes = routesOf((page(away).router as unknown as { stack: Stack }).stack).filter(
      (path) => !path.startsWith('/api/v1/'),
    );
    expect(routes).toEqual(['/health', '/ready', '/status']);
    for (const path of [...routes, '/', '/api/drift', '/prometheus/api/v1/query'])
      expect(docs).toContain(`| \`GET ${path}\` |`);
  });

  it('runs without any other service', async () => {
    expect((await request(page(away)).get('/health')).status).toBe(200);
  });

  it('does not start without a built page', () => {
    const config = {
      hosts: readAllowedHosts(''),
      basePath: '',
      gatewayUrl: away,
      prometheusUrl: away,
      prometheusPublicUrl: null,
      prometheusPort: 9090,
    };
    expect(() => createApp(config, { log, pageFolder: join(folder, 'no') })).toThrow(ConfigError);
  });
});
