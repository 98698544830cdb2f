import { headers } from '@coppice/contract';
import { startTestModels } from '@coppice/testkit/start-test-models';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

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
    const promised = headers.filter(({ on, of }) => on === 'answer' && ['predict', 'both', 'all'].includes(of));
    const missing = promised.filter(({ name }) => !answer.headers.has(name)).map(({ name }) => name);
    expect(
      missing,
      'the table promises them for /predict: set them in endpoints/predict.ts, or give the row another `of`',
    ).toEqual([]);
    expect(promised.length).toBeGreaterThan(0);
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
