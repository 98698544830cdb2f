import { request as httpRequest } from 'node:http';
import { problem } from '@coppice/contract';
import { type OipServer, startOipServer } from '@coppice/testkit/oip-server';
import { startGateway, type TestGateway } from '@coppice/testkit/start-gateway';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let model: OipServer;
let gateway: TestGateway;
beforeAll(async () => {
  model = await startOipServer();
  gateway = await startGateway({ models: [model.url] });
});
afterAll(async () => {
  await gateway.stop();
  await model.stop();
});

type Sent = { body: Buffer; type: string | undefined };

/** Sends bytes unchanged, which `fetch` would not do for all of them. */
function send({ body, type }: Sent): Promise<{ status: number; type: string; body: string }> {
  return new Promise((resolve, reject) => {
    const req = httpRequest(
      `${gateway.url}/predict`,
      { method: 'POST', headers: { 'content-length': body.length, ...(type ? { 'content-type': type } : {}) } },
      (res) => {
        const chunks: Buffer[] = [];
        res.on('data', (chunk) => chunks.push(chunk));
        res.on('end', () =>
          resolve({
            status: res.statusCode ?? 0,
            type: String(res.headers['content-type']),
            body: Buffer.concat(chunks).toString(),
          }),
        );
      },
    );
    req.on('error', reject);
    req.end(body);
  });
}

async function expectRefused(sent: Sent): Promise<void> {
  const answer = await send(sent);
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.status).toBeLessThan(500);
  expect(answer.type).toContain('application/problem+json');
  expect(problem.parse(JSON.parse(answer.body)).status).toBe(answer.status);
}

const json = (value: unknown): Sent => ({ body: Buffer.from(JSON.stringify(value)), type: 'application/json' });
const text = (body: string, type = 'application/json'): Sent => ({ body: Buffer.from(body), type });

/** Never two finite numbers, so never a good row. */
const badRow = fc.oneof(
  fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 6 }).filter((row) => row.length !== 2),
  fc.array(fc.oneof(fc.string(), fc.constant(null), fc.boolean(), fc.constant({}), fc.constant([1])), {
    ...{ minLength: 2, maxLength: 2 },
  }),
  fc.dictionary(fc.string(), fc.integer()).filter((row) => Object.keys(row).sort().join() !== 'feature_0,feature_1'),
  fc.string(),
  fc.integer(),
  fc.constant(null),
);
const badValue = fc.oneof(
  badRow.map((features) => ({ features })),
  fc.array(badRow, { minLength: 1, maxLength: 5 }).map((instances) => ({ instances })),
  fc.constantFrom([], [[1, 2]], {}, { instances: [] }, { features: [1, 2], unknown: 1 }),
  fc.constantFrom(
    { features: [1, 2], user: 3 },
    { features: [1, 2], preview: 1 },
    { instances: [[1, 2]], features: [1, 2] },
  ),
);
const depth = (n: number) => `{"features":${'['.repeat(n)}${']'.repeat(n)}}`;
const malformed: fc.Arbitrary<Sent> = fc.oneof(
  { weight: 6, arbitrary: badValue.map(json) },
  { weight: 2, arbitrary: fc.string({ maxLength: 200 }).map((body) => text(body)) },
  {
    weight: 2,
    arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => ({ ...text(''), body: Buffer.from(bytes) })),
  },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom('NaN', 'Infinity', '-Infinity', '1e999', '-1e400', '0x10', '.5', '1.', '--1', 'undefined')
      .map((number) => text(`{"features":[1,${number}]}`)),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('text/plain', 'application/xml', 'multipart/form-data', 'application/octet-stream', '', 'json', '/')
      .map((type) => ({ ...text('{"features":[1,2]}'), type: type || undefined })),
  },
  { weight: 1, arbitrary: fc.integer({ min: 3, max: 5000 }).map((n) => text(depth(n))) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('__proto__', 'constructor', 'prototype', 'toString')
      .map((key) => text(`{"features":[1,2],"${key}":{"polluted":true}}`)),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('application/json; charset=latin1', 'application/json; charset=utf-32')
      .map((type) => text('{"features":[1', type)),
  },
);

describe('a malformed body', () => {
  it('gets a 4xx problem, 2,000 times, and the process still answers', async () => {
    const startedAt = await gateway.metric('process_start_time_seconds');
    await fc.assert(fc.asyncProperty(malformed, expectRefused), { numRuns: 2000, seed: 11 });
    expect(await gateway.predict(1)).toMatchObject({ status: 200, body: { prediction: 1 } });
    expect(await gateway.metric('process_start_time_seconds')).toBe(startedAt);
    expect((Object.prototype as { polluted?: boolean }).polluted).toBeUndefined();
    expect(gateway.logged()).not.toContain('"level":50');
  });

  it.each([
    ['2 MB', text(`{"features":[${'1,'.repeat(1_000_000)}1]}`), 413],
    ['nested 200,000 deep', text(depth(200_000)), 400],
    [
      'broken UTF-8 in a name',
      { ...text(''), body: Buffer.from('7b22ff6665617475726573223a5b312c325d7d', 'hex') },
      400,
    ],
    [
      'broken UTF-8 in a value',
      { ...text(''), body: Buffer.from(`{"features":[1,2],"user":"Zo\xeb"}`, 'latin1') },
      400,
    ],
    ['empty', text(''), 400],
    ['cut off', text('{"features":[1,2'), 400],
    ['without a type', { ...text('{"features":[1,2]}'), type: undefined }, 415],
    ['of an unknown type', text('{"features":[1,2]}', 'text/csv'), 415],
    ['of an unknown character set', text('{"features":[1,2]}', 'application/json; charset=klingon'), 415],
  ])('%s is refused', async (_, sent, status) => {
    expect((await send(sent)).status).toBe(status);
    await expectRefused(sent);
  });

  it('compressed by an unknown method is refused', async () => {
    const { status, body } = await gateway.post('/predict', { features: [1, 2] }, { 'content-encoding': 'zip' });
    expect({ status, title: body.title }).toEqual({ status: 415, title: 'Unsupported Media Type' });
  });

  it('gets the place of the error and what is allowed', async () => {
    expect((await gateway.post('/predict', { features: [1, 'x'] })).body).toEqual({
      type: 'about:blank',
      title: 'Bad Request',
      status: 400,
      detail: 'features/1 must be a finite number (feature_1).',
      errors: [{ pointer: '/features/1', detail: 'must be a finite number (feature_1)' }],
    });
  });
});
