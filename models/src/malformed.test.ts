import { type Serving, serve } from '@coppice/serverkit';
import { fixtureApp } from '@coppice/testkit/fixture-app';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let serving: Serving;
let base: string;
beforeAll(async () => {
  const { app, fastRoute } = await fixtureApp();
  serving = await serve(app, { port: 0, host: '127.0.0.1', fastRoute });
  base = `http://127.0.0.1:${serving.port}`;
});
afterAll(() => serving.drain(0));

const INFER = '/v2/models/iris/infer';
const json = 'application/json';
const goodTensor = { name: 'features', shape: [1, 3], datatype: 'FP64', data: [1, 2, 3] };

const notRow = fc.oneof(
  fc
    .jsonValue()
    .filter((value) => !Array.isArray(value) || value.length !== 3 || value.some((one) => typeof one !== 'number')),
  fc.constant([1, 2, 'NaN']),
  fc.constant([[1, 2, 3]]),
);
const raw = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).filter((bytes) => !isJson(bytes)),
  fc.constantFrom(
    '{"features":[NaN,1,2]}',
    '{"features":[1e999,1,2]}',
    '{"features":[1,2,3]',
    '{"__proto__":{"features":[1,2,3]}}',
    '{"constructor":{"prototype":{}},"features":[1,2]}',
    `${'['.repeat(200_000)}${']'.repeat(200_000)}`,
    `{"features":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}`,
    ' '.repeat(2_000_000),
    `"${'x'.repeat(2_000_000)}"`,
  ),
);
const badPredict = fc.oneof(
  raw,
  notRow.map((features) => JSON.stringify({ features })),
  fc.array(notRow, { minLength: 1, maxLength: 5 }).map((instances) => JSON.stringify({ instances })),
  fc.jsonValue().map((value) => JSON.stringify(value)),
);
const badInfer = fc.oneof(
  raw,
  fc.jsonValue().map((value) => JSON.stringify(value)),
  // one field of a good request replaced by any other JSON value
  fc
    .tuple(fc.constantFrom('name', 'shape', 'datatype', 'data'), fc.jsonValue())
    .filter(
      ([field, value]) => !Array.isArray(value) || (field === 'data' ? value.flat().length !== 3 : value.at(-1) !== 3),
    )
    .map(([field, value]) => JSON.stringify({ inputs: [{ ...goodTensor, [field]: value }] })),
  fc.jsonValue().map((inputs) => JSON.stringify({ inputs })),
  fc
    .jsonValue()
    .filter((value) => !Array.isArray(value) || value.length > 0)
    .map((outputs) => JSON.stringify({ inputs: [goodTensor], outputs })),
);

const post = (path: string, body: string | Uint8Array, headers: Record<string, string>) =>
  fetch(base + path, { method: 'POST', headers, body: body as string });

describe('a malformed body', () => {
  it('to /predict is a 4xx problem, and the server stays up', async () => {
    await fc.assert(
      fc.asyncProperty(
        badPredict,
        fc.constantFrom(json, json, json, 'text/plain', 'application/x-www-form-urlencoded'),
        async (body, type) => {
          const answer = await post('/predict', body, { 'Content-Type': type });
          expect(answer.headers.get('Content-Type')).toMatch(/^application\/problem\+json/);
          const problem = (await answer.json()) as { status: number; detail: string };
          expect(problem.status).toBe(answer.status);
          expect(answer.status).toBeGreaterThanOrEqual(400);
          expect(answer.status).toBeLessThan(500);
          expect(problem.detail.length).toBeLessThan(1000);
        },
      ),
      { numRuns: 500, seed: 2 },
    );
    const answer = await post('/predict', '{"features":[1,2,3]}', { 'Content-Type': json });
    expect(answer.status).toBe(200);
  });

  it('to infer is a 4xx with the protocol’s error, and the server stays up', async () => {
    const header = fc.option(fc.oneof(fc.nat(400).map(String), fc.stringMatching(/^[\w.-]{1,12}$/)), { freq: 4 });
    await fc.assert(
      fc.asyncProperty(
        badInfer,
        header,
        fc.constantFrom(json, json, json, 'text/plain'),
        async (body, length, type) => {
          const headers = {
            'Content-Type': type,
            ...(length === null ? {} : { 'Inference-Header-Content-Length': length }),
          };
          const answer = await post(INFER, body, headers);
          expect(answer.status).toBeGreaterThanOrEqual(400);
          expect(answer.status).toBeLessThan(500);
          const { error } = (await answer.json()) as { error: string };
          expect(error).toMatch(/\S/);
          expect(error.length).toBeLessThan(1000);
        },
      ),
      { numRuns: 500, seed: 2 },
    );
    const answer = await post(INFER, JSON.stringify({ inputs: [goodTensor] }), { 'Content-Type': json });
    expect(answer.status).toBe(200);
  });

  it('of more than 32 MB is refused with 413', async () => {
    const answer = await post(INFER, new Uint8Array(33 * 1024 * 1024), { 'Content-Type': json });
    expect(answer.status).toBe(413);
    expect(await answer.json()).toEqual({ error: 'The body is too large.' });
  });
});

function isJson(bytes: Uint8Array): boolean {
  try {
    JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return true;
  } catch {
    return false;
  }
}
