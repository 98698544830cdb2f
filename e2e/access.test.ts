import { readFileSync } from 'node:fs';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stack, startStack } from './stack/stack.ts';

type Who = 'open' | 'key' | 'metrics' | 'admin';
type Row = { method: string; path: string; without: Who; with: Who };

const text = readFileSync(new URL('../docs/access.md', import.meta.url), 'utf8');
const table = (heading: string): Row[] =>
  [
    ...(text.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '').matchAll(
      /^\| `([A-Z]+) (\/\S*)` \| (\w+) \| (\w+) \| \S.* \|$/gm,
    ),
  ].map(([, method = '', path = '', without, closed]) => ({
    method,
    path,
    without: without as Who,
    with: closed as Who,
  }));
const gatewayRows = table('Gateway');
const pageRows = table('Page server');

const API_KEY = 'the-key-of-a-client';
const METRICS_TOKEN = 'the-token-of-prometheus';
const credentials = {
  nobody: {},
  wrong: { authorization: 'Bearer a-wrong-secret-of-nobody' },
  metrics: { authorization: `Bearer ${METRICS_TOKEN}` },
  key: { 'x-api-key': API_KEY },
  admin: { authorization: 'Bearer test-admin-token' },
};
type Caller = keyof typeof credentials;
/** Who passes besides those above. */
const opens: Record<Who, Caller[]> = {
  open: ['nobody', 'key', 'admin'],
  metrics: ['metrics', 'key', 'admin'],
  key: ['key', 'admin'],
  admin: ['admin'],
};

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ env: { gateway: { TRUST_PROXY: '1' } } });
});
afterAll(() => stack.stop());

let address = 0;
/** The status of a request from a stranger's address, a new one each time. */
async function ask(server: string, { method, path }: Row, headers: Record<string, string>): Promise<number> {
  const concrete = path
    .replace('{model}', 'iris')
    .replace('{version}', 'v1')
    .replace('{id}', '0198c5b2-7c00-7000-8000-000000000000')
    .replace('{number}', '1')
    .replace('{file}', 'report.json')
    .replace('{path}', 'metrics');
  const body = method === 'GET' ? null : '{}';
  const from = { 'x-forwarded-for': `192.0.2.${++address % 250}` };
  const answer = await request(server + concrete, {
    method,
    body,
    headers: { 'content-type': 'application/json', ...from, ...headers },
  });
  // a stream has no end
  if (answer.headers['content-type'] === 'text/event-stream') answer.body.on('error', () => {}).destroy();
  else await answer.body.dump();
  return answer.statusCode;
}

const refused = (status: number) => [401, 403, 421, 429].includes(status);

/** The lines of a table that are not as it says. */
async function wrongLines(server: string, rows: Row[], column: 'with' | 'without', callers: Caller[]) {
  const wrong: string[] = [];
  for (const row of rows)
    for (const caller of callers) {
      const status = await ask(server, row, credentials[caller]);
      if (refused(status) === opens[row[column]].includes(caller))
        wrong.push(`${row.method} ${row.path} (${row[column]}) answers ${status} to ${caller}`);
      if (status >= 500 && status !== 502) wrong.push(`${row.method} ${row.path} answers ${status} to ${caller}`);
    }
  return wrong;
}

describe('docs/access.md', () => {
  it('has a line for every operation of the gateway, with the security that OpenAPI names', async () => {
    const { paths } = (await (await fetch(`${stack.gatewayUrl}/openapi.json`)).json()) as {
      paths: Record<string, Record<string, { security: object[] }>>;
    };
    const described = Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, { security }]) => {
        const who = security.length === 0 ? 'open' : security.some((one) => 'apiKey' in one) ? 'key' : 'admin';
        return `${method.toUpperCase()} ${path} ${who}`;
      }),
    );
    const lines = gatewayRows.map((row) => `${row.method} ${row.path} ${row.with === 'metrics' ? 'key' : row.with}`);
    expect(lines.filter((line) => !line.includes('/repository/')).toSorted()).toEqual(described.toSorted());
    expect(pageRows.length).toBeGreaterThan(5);
  });

  it('is right without API_KEYS', async () => {
    expect(await wrongLines(stack.gatewayUrl, gatewayRows, 'without', ['nobody', 'admin'])).toEqual([]);
    expect(await wrongLines(stack.uiUrl, pageRows, 'without', ['nobody', 'admin'])).toEqual([]);
    const closed = gatewayRows.filter((row) => row.without === 'admin');
    expect(await wrongLines(stack.gatewayUrl, closed, 'without', ['wrong', 'key', 'metrics'])).toEqual([]);
  });

  it('is right with API_KEYS', async () => {
    await stack.restart('gateway', { API_KEYS: API_KEY, METRICS_TOKEN });
    // again, so that it has asked the gateway nothing yet
    await stack.restart('ui');
    expect(await wrongLines(stack.gatewayUrl, gatewayRows, 'with', ['nobody', 'key', 'admin'])).toEqual([]);
    expect(await wrongLines(stack.uiUrl, pageRows, 'with', ['nobody', 'key', 'admin'])).toEqual([]);
    const closed = gatewayRows.filter((row) => row.with !== 'open');
    expect(await wrongLines(stack.gatewayUrl, closed, 'with', ['wrong', 'metrics'])).toEqual([]);
  });

  it('is right about what strangers see of the versions', async () => {
    const seen = async (path: string, headers = {}) =>
      JSON.stringify(await (await fetch(stack.gatewayUrl + path, { headers })).json());
    await stack.kill('model-v2', 'SIGKILL');
    for (const path of ['/ready', '/config']) {
      await expect
        .poll(() => seen(path, credentials.key), { timeout: 20_000 })
        .toMatch(/"version":"v2"[^}]*"reason":"[^"]/);
      expect(await seen(path)).not.toMatch(/"reason":"/);
      expect(await seen(path)).toContain('"version":"v2"');
    }
    await stack.restart('model-v2');
  });

  it('is right about Prometheus without a token: position opens, a proxy does not', async () => {
    await stack.restart('gateway', { API_KEYS: API_KEY });
    const scrape = async (headers = {}) => (await fetch(`${stack.gatewayUrl}/metrics`, { headers })).status;
    expect(await scrape()).toBe(200);
    expect(await scrape({ 'x-forwarded-for': '127.0.0.1' })).toBe(401);
    expect((await fetch(`${stack.uiUrl}/api/metrics`)).status).toBe(401);
  });
});
