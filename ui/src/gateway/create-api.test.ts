import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ApiError } from './api-error.ts';
import { createApi } from './create-api.ts';
import type { SecretKind, Secrets } from './http-client.ts';

type Seen = { method: string; url: string; headers: IncomingHttpHeaders; body: string };

let server: Server;
let seen: Seen[];
let secrets: Secrets;
let refused: SecretKind[];
let answer: (res: ServerResponse) => void;
let api: ReturnType<typeof createApi>;

/** A page's addresses are relative to its own server; Node needs full ones. */
const toServer: typeof fetch = (path, init) =>
  fetch(new URL(path as string, `http://127.0.0.1:${(server.address() as AddressInfo).port}`), init);

beforeAll(async () => {
  server = createServer(async (req, res) => {
    const body = (await req.toArray()).join('');
    seen.push({ method: req.method ?? '', url: req.url ?? '', headers: req.headers, body });
    answer(res);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const json =
  (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  (res: ServerResponse) =>
    void res.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body));
const config = (api_key: boolean) => json({ auth: { api_key } });
const newApi = () =>
  createApi({ secrets: () => secrets, onRefused: (secret) => refused.push(secret), fetch: toServer });

beforeEach(() => {
  seen = [];
  refused = [];
  secrets = { adminToken: null, apiKey: null };
  answer = json({});
  api = newApi();
});

const sent = () => {
  const { authorization, 'x-api-key': key } = seen.at(-1)?.headers ?? {};
  return { authorization, key };
};
const failure = async (request: Promise<unknown>) => {
  const thrown = await request.then(
    () => null,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(ApiError);
  return thrown as ApiError;
};

describe('the secrets', () => {
  beforeEach(() => {
    secrets = { adminToken: 'token', apiKey: 'key' };
    answer = config(false);
  });

  it('go only with requests that need them', async () => {
    await api.config();
    expect(sent()).toEqual({});
  });

  it('go with the requests that need them: the token with changes and the audit, the key with predictions', async () => {
    await api.changeConfig({ preset: 'rollback', reason: 'test' });
    expect(sent()).toEqual({ authorization: 'Bearer token' });
    await api.audit();
    expect(sent()).toEqual({ authorization: 'Bearer token' });
    await api.predict({ x: 1, y: 2 });
    expect(sent()).toEqual({ key: 'key' });
  });

  it('are the present ones', async () => {
    secrets = { adminToken: null, apiKey: 'another' };
    await api.predictions({});
    expect(sent()).toEqual({ key: 'another' });
    await api.audit();
    expect(sent()).toEqual({});
  });

  it.each([
    ['modelInfo', () => api.modelInfo()],
    ['drift', () => api.drift()],
    ['performance', () => api.performance('24h')],
    ['prometheus', () => api.prometheus('query')],
    ['metrics', () => api.metrics()],
    ['config', () => api.config()],
    ['ready', () => api.ready()],
  ])('go with %s once the gateway requires a key', async (_name, request) => {
    answer = config(true);
    await api.config();
    await request();
    expect(sent()).toEqual({ key: 'key' });
  });

  it('do not include the token as a key until the gateway requires a key', async () => {
    secrets = { adminToken: 'token', apiKey: null };
    await api.predict({ x: 1 });
    expect(sent()).toEqual({});
    answer = config(true);
    await api.config();
    await api.predict({ x: 1 });
    expect(sent()).toEqual({ key: 'token' });
    answer = config(false);
    await api.config();
    await api.predict({ x: 1 });
    expect(sent()).toEqual({});
  });
});

describe('a missing or wrong secret', () => {
  it('is reported before a request that needs a key goes out', async () => {
    answer = config(true);
    await api.config();
    expect((await failure(api.predict({ x: 1 }))).status).toBe(401);
    expect(refused).toEqual(['key']);
    expect(seen).toHaveLength(1);
  });

  it('does not keep the page from what everybody may see', async () => {
    answer = config(true);
    await api.config();
    await api.config();
    await api.ready();
    expect(refused).toEqual([]);
    expect(seen).toHaveLength(3);
  });

  it('does not affect another client', async () => {
    answer = config(true);
    await api.config();
    await newApi().predict({ x: 1 });
    expect(refused).toEqual([]);
  });

  it.each([
    ['admin', () => api.audit()],
    ['key', () => api.shadow()],
  ] as const)('is reported as %s when the gateway answers 401', async (secret, request) => {
    secrets = { adminToken: 'wrong', apiKey: 'wrong' };
    answer = json({ detail: 'Unknown API key.' }, 401);
    expect(await failure(request())).toMatchObject({ status: 401, message: 'Unknown API key.' });
    expect(refused).toEqual([secret]);
  });
});

it('reports the admin token when it was refused as a key', async () => {
  secrets = { adminToken: 'old', apiKey: null };
  answer = config(true);
  await api.config();
  answer = json({ detail: 'Unknown API key.' }, 401);
  await failure(api.drift());
  expect(refused).toEqual(['admin', 'key']);
});

it('does not report a secret that was replaced while its refusal was on the way', async () => {
  secrets = { adminToken: null, apiKey: 'old' };
  answer = (res) => {
    secrets = { adminToken: null, apiKey: 'new' };
    json({ detail: 'Unknown API key.' }, 401)(res);
  };
  expect((await failure(api.shadow())).status).toBe(401);
  expect(refused).toEqual([]);
});

describe('a request', () => {
  it('leaves out missing parameters', async () => {
    await api.predictions({ version: 'v1', class: '', since: undefined });
    expect(seen.at(-1)).toMatchObject({ method: 'GET', url: '/api/predictions?version=v1', body: '' });
    await api.predict({ x: 1, y: 2 }, { version: 'v2', preview: true });
    expect(seen.at(-1)).toMatchObject({ method: 'POST', url: '/api/predict' });
    expect(JSON.parse(seen.at(-1)?.body ?? '')).toEqual({ features: { x: 1, y: 2 }, preview: true });
    expect(seen.at(-1)?.headers['x-model-version']).toBe('v2');
  });

  it('fails with the detail of a problem', async () => {
    const errors = [{ pointer: '/weights', detail: 'must not all be 0' }];
    answer = json({ detail: 'The weights are not valid.', errors }, 429, { 'Retry-After': '7' });
    expect(await failure(api.drift())).toMatchObject({
      status: 429,
      message: 'The weights are not valid.',
      retryAfter: 7,
      errors,
    });
  });

  it('fails with the status when the body is not a problem', async () => {
    answer = (res) => void res.writeHead(502).end('<html>');
    const problem = { status: 502, message: 'The answer was 502.', retryAfter: null, errors: [] };
    expect(await failure(api.drift())).toMatchObject(problem);
  });

  it('fails with status 0 without an answer', async () => {
    answer = (res) => void res.destroy();
    expect((await failure(api.drift())).status).toBe(0);
  });

  it('ends with the reason of an abort, which is not a failure', async () => {
    answer = () => {};
    const stop = new AbortController();
    const request = api.drift({ signal: stop.signal });
    stop.abort(new Error('not needed any more'));
    await expect(request).rejects.toThrow('not needed any more');
  });

  it('takes the answer of a gateway that is not ready', async () => {
    answer = json({ status: 'unavailable' }, 503);
    expect(await api.ready()).toEqual({ status: 'unavailable' });
  });
});

it('takes the time of day from the server', async () => {
  expect(Math.abs(api.serverNow() - Date.now())).toBeLessThan(1000);
  const hourAgo = Date.now() - 3_600_000;
  answer = json({}, 200, { Date: new Date(hourAgo).toUTCString() });
  await api.drift();
  expect(Math.abs(api.serverNow() - hourAgo)).toBeLessThan(2000);
});
