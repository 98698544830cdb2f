import { headerVariants, methods, pathVariants, type RawRequest, sendRaw } from '@coppice/testkit/attacks';
import { type OipServer, startOipServer } from '@coppice/testkit/oip-server';
import { startGateway, type TestGateway } from '@coppice/testkit/start-gateway';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { versionAccess } from './version-paths.ts';

const API_KEY = 'the-key-of-a-client';
const ADMIN_TOKEN = 'test-admin-token';
const predict = JSON.stringify({ features: [1, 0] });
const infer = JSON.stringify({ inputs: [{ name: 'rows', shape: [1, 2], datatype: 'FP64', data: [1, 0] }] });
const change = JSON.stringify({ weights: { v1: 7 }, reason: 'attack' });

let model: OipServer;
let gateway: TestGateway;
/** What the version's server got of the attacks. */
let reached: string[];
beforeAll(async () => {
  model = await startOipServer();
  gateway = await startGateway({
    models: [model.url],
    // wrong secrets are limited by address, and each attack has its own
    env: { API_KEYS: API_KEY, METRICS_TOKEN: 'the-token-of-prometheus', TRUST_PROXY: '1', LOG_LEVEL: 'error' },
  });
  model.onRequest(({ method, url, headers }) => void (headers['x-attack'] && reached.push(`${method} ${url}`)));
});
afterAll(async () => {
  await gateway.stop();
  await model.stop();
});
beforeEach(() => {
  reached = [];
});

const forClients: RawRequest[] = [
  { method: 'POST', path: '/predict', body: predict },
  { method: 'POST', path: '/v2/models/iris/infer', body: infer },
  { method: 'POST', path: '/models/v1/v2/models/iris/infer', body: infer },
  ...[
    '/predictions',
    '/metrics',
    '/drift',
    '/performance',
    '/shadow',
    '/access',
    '/v2/models/iris',
    '/models/v1/model-info',
  ].map((path) => ({ method: 'GET', path })),
];
const forAdmins: RawRequest[] = [
  { method: 'PATCH', path: '/config', body: change },
  { method: 'GET', path: '/audit' },
  { method: 'POST', path: '/v2/repository/models/iris/unload', body: '{}' },
  { method: 'POST', path: '/models/v1/v2/repository/index', body: '{}' },
  { method: 'GET', path: '/models/v1/metrics' },
];

/** A target with each variant of its path, each method, and each way to write a secret. */
function attacksOn(target: RawRequest, secret: string): RawRequest[] {
  return [
    ...pathVariants(target.path).map((path) => ({ ...target, path })),
    ...methods.map((method) => ({ ...target, method })),
    ...headerVariants(secret).map((headers) => ({ ...target, headers })),
  ];
}

let attackers = 0;
const send = (attack: RawRequest, more: string[] = []) =>
  sendRaw(gateway.port, {
    ...attack,
    headers: [
      ...(attack.headers ?? []),
      ...more,
      'X-Attack: 1',
      `X-Forwarded-For: 2001:db8:${(++attackers).toString(16)}::1`,
    ],
  });

/** What an answer gives away that only a secret should open. */
function leak({ method, path }: RawRequest, answer: string): boolean {
  const [head = '', ...rest] = answer.split('\r\n\r\n');
  const body = rest.join('\r\n\r\n');
  const open = /^\{"(openapi|status|live|model)"/.test(body.trimStart()) && !head.includes(' /access');
  const methods = /^[A-Z, ]*$/.test(body);
  return / 2\d\d /.test(head.split('\r\n')[0] ?? '') && !open && (method === 'HEAD' ? path !== '/config' : !methods);
}

async function tryAll(attacks: RawRequest[], more: string[] = []): Promise<{ leaks: string[]; broken: string[] }> {
  const leaks: string[] = [];
  const broken: string[] = [];
  const queue = attacks.values();
  const attacker = async () => {
    for (const attack of queue) {
      const answer = await send(attack, more);
      const line = `${attack.method} ${attack.path} ${attack.headers ?? ''}: ${answer.replace(/\r\n(?!\r\n)[^\r]*/g, '').slice(0, 300)}`;
      if (leak(attack, answer)) leaks.push(line);
      if (!/^HTTP\/1\.1 [1-4]/.test(answer)) broken.push(line);
    }
  };
  await Promise.all(Array.from({ length: 32 }, attacker));
  return { leaks, broken };
}

describe('without a secret', () => {
  it('nothing that needs a key gives anything away, however it is written', async () => {
    const attacks = forClients.flatMap((target) => attacksOn(target, API_KEY));
    expect(attacks.length).toBeGreaterThan(4000);
    expect(await tryAll(attacks)).toEqual({ leaks: [], broken: [] });
    expect(reached).toEqual([]);
  });

  it('nothing that needs the admin token gives anything away or changes anything', async () => {
    const attacks = forAdmins.flatMap((target) => attacksOn(target, ADMIN_TOKEN));
    expect(attacks.length).toBeGreaterThan(2000);
    expect(await tryAll(attacks)).toEqual({ leaks: [], broken: [] });
    expect(reached).toEqual([]);
    expect((await gateway.get('/config')).body.revision).toBe(1);
  });
});

describe('with an API key', () => {
  it('only metadata, readiness and infer reach a version, and nothing changes', async () => {
    const attacks = forAdmins
      .flatMap((target) => attacksOn(target, ADMIN_TOKEN))
      .filter(({ headers = [] }) => !/api-key/i.test(headers.join()));
    const { broken } = await tryAll(attacks, [`X-API-Key: ${API_KEY}`]);
    expect(broken).toEqual([]);
    // what a version got is literally what the table of open paths has
    expect(reached.filter((line) => versionAccess(...(line.split(' ') as [string, string])) !== 'open')).toEqual([]);
    expect((await gateway.get('/config')).body.revision).toBe(1);
  });
});

it('all of it opens with the right secret, so that the attacks above were aimed at something', async () => {
  for (const target of forClients)
    expect((await send(target, [`X-API-Key: ${API_KEY}`])).slice(0, 12)).toMatch(/ (200|404|503)$/);
  for (const target of forAdmins)
    expect((await send(target, [`Authorization: Bearer ${ADMIN_TOKEN}`])).slice(0, 12)).toMatch(/ (200|404)$/);
  expect(reached).toContain('POST /v2/models/iris/infer');
  expect(reached).toContain('POST /v2/repository/models/iris/unload');
  expect((await gateway.get('/config')).body.revision).toBe(2);
});
