import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { ConfigError } from '@coppice/serverkit';
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
        method: req.method,
        url: req.url,
        body,
        key: req.headers['x-api-key'],
        source: req.headers['x-source'],
      }),
    ),
  );
};
const breakOff: RequestListener = (req) => req.socket.destroy();
/** Nothing listens there: the port is closed again. */
const away = 'http://127.0.0.1:1';

const page = (gatewayUrl: string, prometheusUrl = away) =>
  createApp(
    { gatewayUrl, prometheusUrl, prometheusPublicUrl: null, prometheusPort: 9090 },
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
    expect(JSON.parse(text)).toEqual({
      method: 'POST',
      url: '/predict?x=1',
      body: '{"features":[1,2]}',
      key: 'k',
      source: 'page',
    });
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
    const { text } = await request(page(away, await listen(echo)))
      .get(`/prometheus/api/v1/${name}?query=up`)
      .expect(200);
    expect(JSON.parse(text).url).toBe(`/api/v1/${name}?query=up`);
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
    const app = page(away, await listen(echo));
    const agent = request(app);
    const call = method === 'POST' ? agent.post : method === 'DELETE' ? agent.delete : agent.get;
    expect((await call.call(agent, `/prometheus${path}`)).status).toBe(status);
  });

  it('reports which parts answer, without failing itself', async () => {
    const { body } = await request(page(await listen(echo)))
      .get('/status')
      .expect(200);
    expect(body).toEqual({ gateway: true, prometheus: false, prometheus_url: null, prometheus_port: 9090 });
  });

  it('runs without any other service', async () => {
    expect((await request(page(away)).get('/health')).status).toBe(200);
  });

  it('does not start without a built page', () => {
    const config = { gatewayUrl: away, prometheusUrl: away, prometheusPublicUrl: null, prometheusPort: 9090 };
    expect(() => createApp(config, { log, pageFolder: join(folder, 'no') })).toThrow(ConfigError);
  });
});
