import { request } from 'node:http';
import { gzipSync } from 'node:zlib';
import express from 'express';
import fc from 'fast-check';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAX_JSON_DEPTH } from './json/parse-json.ts';
import { errorHandler } from './problem.ts';
import { readJson } from './read-json.ts';
import { type Serving, serve } from './serve.ts';

const LIMIT = 2048;
let serving: Serving;
beforeAll(async () => {
  const app = express();
  app.post('/', readJson({ limit: LIMIT }), (req, res) => void res.json({ value: req.body }));
  app.use(errorHandler(pino({ level: 'silent' })));
  serving = await serve(app, { port: 0, host: '127.0.0.1' });
});
afterAll(() => serving.drain(0));

type Answer = { status: number; body: string };

function send(body: Buffer, headers: Record<string, string | number>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const req = request({ port: serving.port, method: 'POST', headers }, async (res) => {
      const chunks = await res.toArray();
      resolve({ status: res.statusCode ?? 0, body: Buffer.concat(chunks).toString() });
    });
    req.on('error', reject);
    // a write before the end, so that a request without a length is chunked
    req.write(body);
    req.end();
  });
}

/** The ways of one body to the server; the first is read without Express. */
async function eachWay(body: Buffer, type = 'application/json'): Promise<Answer[]> {
  const sized = (bytes: Buffer, headers: Record<string, string | number>) =>
    send(bytes, { 'content-length': bytes.length, ...headers });
  return Promise.all([
    sized(body, { 'content-type': type }),
    sized(body, { 'content-type': `${type}; charset=utf-8` }),
    sized(body, { 'content-type': `${type.toUpperCase()} ;charset="UTF-8"` }),
    send(body, { 'content-type': type }),
    sized(gzipSync(body), { 'content-type': type, 'content-encoding': 'gzip' }),
  ]);
}

const deep = (depth: number, open = '[', close = ']') => open.repeat(depth) + close.repeat(depth);
const json = fc.json().map((text) => Buffer.from(text));
const bytes: fc.Arbitrary<Buffer> = fc.oneof(
  { weight: 4, arbitrary: json },
  json.map((body) => Buffer.concat([Buffer.from('\ufeff'), body])),
  json.map((body) => Buffer.concat([Buffer.from(' \r\n\t'), body, Buffer.from('\n')])),
  // cut off
  fc.tuple(json, fc.nat(40)).map(([body, n]) => body.subarray(0, n)),
  // one byte changed, which often is not UTF-8
  fc.tuple(json, fc.nat(), fc.nat(255)).map(([body, at, byte]) => {
    const changed = Buffer.from(body);
    changed[at % changed.length] = byte;
    return changed;
  }),
  fc.uint8Array({ maxLength: 50 }).map((array) => Buffer.from(array)),
  json.map((body) => Buffer.from(body.toString(), 'utf16le')),
  // the same key twice
  fc.tuple(fc.string(), fc.json(), fc.json()).map(([key, a, b]) => {
    const name = JSON.stringify(key);
    return Buffer.from(`{${name}:${a},${name}:${b}}`);
  }),
  fc
    .tuple(fc.integer({ min: MAX_JSON_DEPTH - 2, max: MAX_JSON_DEPTH + 2 }), fc.constantFrom('[]', '{"a":,}'))
    .map(([depth, kind]) => Buffer.from(kind === '[]' ? deep(depth) : `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`)),
  fc.integer({ min: LIMIT - 2, max: LIMIT + 2 }).map((length) => Buffer.from(`[${' '.repeat(length - 2)}]`)),
  fc.constantFrom('', '\ufeff', '\ufeff\ufeff[]', 'null', '1', '"text"', '{"__proto__":{"a":1}}').map(Buffer.from),
);

describe('a JSON body', () => {
  it('gets one status and one value, however it is sent', async () => {
    await fc.assert(
      fc.asyncProperty(bytes, async (body) => {
        const [first, ...others] = await eachWay(body);
        for (const other of others) expect(other).toEqual(first);
        expect([200, 400, 413]).toContain(first?.status);
      }),
      { numRuns: 1000, seed: 12 },
    );
  });

  it.each([
    ['with a byte order mark', '\ufeff{"a":1}', 200, '{"value":{"a":1}}'],
    ['with the same key twice', '{"a":1,"a":2}', 200, '{"value":{"a":2}}'],
    ['at the deepest', deep(MAX_JSON_DEPTH), 200, '[[[['],
    ['too deep', deep(MAX_JSON_DEPTH + 1), 400, `at most ${MAX_JSON_DEPTH} deep`],
    ['with brackets in a text', JSON.stringify([`\\"${'['.repeat(200)}`]), 200, '[[[['],
    ['not in UTF-8', Buffer.from('["Zo\xeb"]', 'latin1'), 400, 'not UTF-8'],
    ['of one byte too much', `[${' '.repeat(LIMIT - 1)}]`, 413, 'too large'],
    ['cut off', '[1', 400, 'not valid JSON'],
  ])('%s', async (_what, body, status, text) => {
    for (const answer of await eachWay(Buffer.from(body as string))) {
      expect(answer.status).toBe(status);
      expect(answer.body).toContain(text);
    }
  });

  it.each([
    'text/plain',
    'application/json; charset=utf-16',
    'application/json; charset=latin1',
    'json',
    'application/jsonp',
  ])('as %s gets 415', async (type) => {
    const body = Buffer.from('{"a":1}');
    for (const headers of [{ 'content-length': body.length }, {}])
      expect((await send(body, { 'content-type': type, ...headers })).status).toBe(415);
  });
});
