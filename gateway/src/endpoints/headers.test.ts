import { headers } from '@coppice/contract';
import { startTestModels } from '@coppice/testkit/start-test-models';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openapiDocument } from '../openapi/document.ts';

/** What every HTTP answer has, and what the guard adds to each. */
const EVERYWHERE = new Set([
  ...[
    'connection',
    'content-length',
    'content-type',
    'date',
    'keep-alive',
    'transfer-encoding',
    'vary',
    'cache-control',
  ],
  ...['x-content-type-options', 'access-control-allow-origin', 'access-control-expose-headers'],
]);
const row = { features: [5.1, 3.5, 1.4, 0.2] };
const named = (on: 'request' | 'answer') =>
  headers.filter((header) => header.on === on).map(({ name }) => name.toLowerCase());

/** Names of all headers in a description, in lower case: parameters and API keys, and the headers of answers. */
function headersIn(document: object): Record<'request' | 'answer', Set<string>> {
  const found = { request: new Set<string>(), answer: new Set<string>() };
  const visit = (value: unknown, at: string): void => {
    if (typeof value !== 'object' || value === null) return;
    const { in: where, name } = value as { in?: unknown; name?: unknown };
    if (where === 'header') found.request.add(String(name).toLowerCase());
    for (const [key, child] of Object.entries(value)) {
      if (at === 'headers') found.answer.add(key.toLowerCase());
      visit(child, key);
    }
  };
  visit(document, '');
  return found;
}

let models: Awaited<ReturnType<typeof startTestModels>>;
let gateway: Awaited<ReturnType<(typeof models)['startGateway']>>;
beforeAll(async () => {
  models = await startTestModels();
  gateway = await models.startGateway({ RATE_LIMIT: '1000', CORS_ORIGINS: 'https://example.org' });
});
afterAll(async () => {
  await gateway.stop();
  await models.stop();
});

const predict = (body: object) =>
  fetch(`${gateway.url}/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: 'https://example.org' },
    body: JSON.stringify(body),
  });

describe('the table of headers', () => {
  it.each([
    ['an answer', row],
    ['a refusal', { features: [] }],
  ])('names every header of %s that is not on all answers', async (_what, body) => {
    const answer = await predict(body);
    const strangers = [...answer.headers.keys()].filter(
      (name) => !EVERYWHERE.has(name) && !named('answer').includes(name),
    );
    expect(strangers, 'add a row to contract/src/headers.ts').toEqual([]);
  });

  it('has no header of /predict that is not sent', async () => {
    const answer = await predict(row);
    const promised = headers.filter(
      ({ on, of, sometimes }) => on === 'answer' && !sometimes && ['predict', 'both', 'all'].includes(of),
    );
    const missing = promised.filter(({ name }) => !answer.headers.has(name)).map(({ name }) => name);
    expect(
      missing,
      'the table promises them for /predict: set them in endpoints/predict.ts, or give the row another `of`',
    ).toEqual([]);
    expect(promised.length).toBeGreaterThan(0);
  });

  it('has every header that OpenAPI names', () => {
    const found = headersIn(openapiDocument());
    for (const on of ['request', 'answer'] as const)
      expect(named(on), 'add a row to contract/src/headers.ts').toEqual(expect.arrayContaining([...found[on]]));
    expect(found.request.size).toBeGreaterThan(3);
    expect(found.answer.size).toBeGreaterThan(5);
  });

  it('is what other origins may send and read', async () => {
    const preflight = await fetch(`${gateway.url}/predict`, {
      method: 'OPTIONS',
      headers: { origin: 'https://example.org', 'access-control-request-method': 'POST' },
    });
    const list = (name: string, from: Response) => (from.headers.get(name) ?? '').toLowerCase().split(/,\s*/);
    expect(list('access-control-allow-headers', preflight)).toEqual(named('request'));
    expect(list('access-control-expose-headers', await predict(row))).toEqual(named('answer'));
  });
});
