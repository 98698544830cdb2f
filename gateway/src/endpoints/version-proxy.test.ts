import { createServer, request as httpRequest, type IncomingMessage, type RequestListener } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { type OipServer, startOipServer } from '@coppice/testkit/oip-server';
import { startGateway, type TestGateway } from '@coppice/testkit/start-gateway';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

/** A version whose answers a test writes itself, except those that make it ready. */
let version: OipServer;
let gateway: TestGateway;
let answer: RequestListener = (_req, res) => void res.end('{}');
const server = createServer((req, res) => {
  if (req.url?.startsWith('/own')) return answer(req, res);
  const upstream = httpRequest(version.url + req.url, { method: req.method, headers: req.headers }, (from) => {
    res.writeHead(from.statusCode ?? 500, from.headers);
    from.pipe(res);
  });
  req.pipe(upstream);
});

beforeAll(async () => {
  version = await startOipServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  gateway = await startGateway({
    models: [url],
    env: { CORS_ORIGINS: 'https://example.org', UPSTREAM_TIMEOUT: '0.5' },
  });
});
afterAll(async () => {
  await gateway.stop();
  server.closeAllConnections();
  server.close();
  await version.stop();
});
afterEach(() => {
  answer = (_req, res) => void res.end('{}');
});

/** Paths of its own at a version's server are the operator's. */
const admin = { authorization: 'Bearer test-admin-token' };
const ADMIN = `Authorization: ${admin.authorization}\r\n`;

/** Sends a request as it is written. */
const send = (text: string) => connect(gateway.port, '127.0.0.1').end(text).setEncoding('utf8').toArray();

describe('a streamed answer', () => {
  it('does not say of the gateway what the version says of itself', async () => {
    answer = (_req, res) => {
      res.setHeader('set-cookie', ['a=b']);
      res.setHeader('access-control-allow-origin', '*');
      res.setHeader('access-control-allow-credentials', 'true');
      res.setHeader('x-model-version', 'v9');
      res.setHeader('x-request-id', 'theirs');
      res.setHeader('server-timing', 'theirs');
      res.setHeader('x-content-type-options', 'theirs');
      res.setHeader('x-hop', '1');
      res.setHeader('connection', 'x-hop');
      res.setHeader('x-other', 'kept');
      res.end('{"ok":true}');
    };
    const { headers, body } = await gateway.get('/models/v1/own', { ...admin, origin: 'https://example.org' });
    expect(body).toEqual({ ok: true });
    for (const name of ['set-cookie', 'access-control-allow-credentials', 'x-request-id', 'server-timing', 'x-hop'])
      expect([name, headers.get(name)]).toEqual([name, null]);
    expect(headers.get('access-control-allow-origin')).toBe('https://example.org');
    expect(headers.get('x-model-version')).toBe('v1');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-other')).toBe('kept');
  });

  it('keeps its status, its length and its end', async () => {
    answer = (_req, res) => void res.writeHead(418, { 'content-length': 2 }).end('[]');
    expect(await gateway.get('/models/v1/own', admin)).toMatchObject({ status: 418, body: [] });
    answer = (_req, res) => void res.writeHead(204).end();
    expect((await fetch(`${gateway.url}/models/v1/own`, { headers: admin })).status).toBe(204);
    answer = (_req, res) => {
      res.writeHead(200, { 'content-length': 100 }).write('[');
      setImmediate(() => res.destroy());
    };
    await expect(gateway.get('/models/v1/own', admin)).rejects.toThrow();
  });
});

describe('a streamed request', () => {
  const seen = (): Promise<IncomingMessage> =>
    new Promise((resolve) => {
      answer = (req, res) => {
        resolve(req);
        req.resume().on('end', () => res.end('{}'));
      };
    });

  it.each([['GET'], ['POST']])('by %s leaves hop-by-hop headers and credentials here', async (method) => {
    const arrived = seen();
    await send(
      `${method} /models/v1/own HTTP/1.1\r\nHost: x\r\nConnection: close, X-Hop, Content-Length\r\nX-Hop: 1\r\nX-Other: 1\r\n` +
        `${ADMIN}Cookie: a=b\r\nX-API-Key: k\r\nTE: trailers\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}`,
    );
    const { headers } = await arrived;
    expect(headers).toMatchObject({ 'x-other': '1', 'content-length': '2' });
    for (const name of ['x-hop', 'authorization', 'cookie', 'x-api-key', 'te', 'expect'])
      expect(headers).not.toHaveProperty(name);
  });

  it.each([
    ['/models/v1/own?a=%2F', '/own?a=%2F'],
    ['/Models/v1/own', '/own'],
    ['http://elsewhere/models/v1/own', '/own'],
    ['http://elsewhere/v2/models/iris/versions/v1/ready', '/v2/models/iris/ready'],
    ['/v2/models/iris/Versions/v1', '/v2/models/iris'],
  ])('for %s asks the version for %s', async (path, expected) => {
    const asked = new Promise<string | undefined>((resolve) => {
      const see = (req: IncomingMessage) => req.headers['x-mark'] && resolve(req.url);
      version.onRequest(see);
      answer = (req, res) => {
        see(req);
        res.end('{}');
      };
    });
    await send(`GET ${path} HTTP/1.1\r\nHost: x\r\n${ADMIN}X-Mark: 1\r\nConnection: close\r\n\r\n`);
    expect(await asked).toBe(expected);
  });

  it.each([
    ['/models/%76%31/own'],
    ['/models/v1/own/%76%31'],
    ['/models/%/own'],
    ['/models/%E0%A4%A'],
    ['/models/v1/%'],
    ['/v2/models/iris/versions/%ff/ready'],
  ])('for %s is refused with 400', async (path) => {
    const [head = ''] = await send(`GET ${path} HTTP/1.1\r\nHost: x\r\n${ADMIN}Connection: close\r\n\r\n`);
    expect(head).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('to a silent version is a 504 in the form of its own path, one that ends is a 502', async () => {
    answer = () => {};
    const silent = await gateway.get('/models/v1/own', admin);
    expect(silent).toMatchObject({ status: 504, body: { detail: expect.stringContaining('did not answer in time') } });
    answer = (req) => void req.socket.destroy();
    expect((await gateway.get('/models/v1/own', admin)).status).toBe(502);
  });
});
