import { once } from 'node:events';
import { connect } from 'node:net';
import express from 'express';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noRoute } from './no-route.ts';
import { errorHandler } from './problem.ts';
import { rawBody } from './raw-body.ts';
import { readJson } from './read-json.ts';
import { type Serving, serve } from './serve.ts';

let serving: Serving;
beforeAll(async () => {
  const app = express();
  app.post('/json', readJson({ limit: 100 }), (req, res) => void res.json(req.body));
  app.post('/bytes', rawBody(100), (req, res) => void res.json(String(req.body)));
  app.post('/unread', (_req, res) => void res.json('unread'));
  app.post('/expects', (req, res) => void res.json(req.headers.expect ?? 'nothing'));
  app.use(noRoute, errorHandler(pino({ level: 'silent' })));
  serving = await serve(app, { port: 0, host: '127.0.0.1' });
});
afterAll(() => serving.drain(0));

/** Sends `head`, then `body` once the answer begins with 100; returns all that the server sent until it closed. */
async function exchange(head: string, body = ''): Promise<string> {
  const socket = connect(serving.port, '127.0.0.1');
  let answer = '';
  socket.setEncoding('utf8').on('data', (text) => {
    answer += text;
    if (answer === 'HTTP/1.1 100 Continue\r\n\r\n') socket.write(body);
  });
  socket.write(`${head}\r\n\r\n`);
  await once(socket, 'close');
  return answer;
}

describe('two Host headers', () => {
  it.each([
    'GET /json HTTP/1.1\r\nHost: a\r\nHost: b',
    'GET /json HTTP/1.1\r\nHost: a\r\nX-Other: 1\r\nHOST: a',
    'POST /json HTTP/1.1\r\nhost: a\r\nhost: b\r\nContent-Type: application/json\r\nContent-Length: 2\r\nExpect: 100-continue',
  ])('get 400 and an end: %j', async (head) => {
    const answer = await exchange(head);
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(answer).toContain('application/problem+json');
    expect(answer).toContain('more than one Host header');
  });

  it('are refused once, and one is not', async () => {
    expect(await exchange('POST /unread HTTP/1.1\r\nHost: a\r\nX-Host: b\r\nConnection: close')).toMatch(
      /^HTTP\/1.1 200 /,
    );
  });
});

describe('a request that expects 100 Continue', () => {
  const post = (path: string, length: number, more = '') =>
    `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\nExpect: 100-continue${more}`;

  it.each(['/json', '/bytes'])('of a body that is too large gets 413 at once, without 100, at %s', async (path) => {
    const answer = await exchange(post(path, 101));
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
    expect(answer).toContain('Connection: close');
  });

  it.each([
    ['/nothing', 404],
    ['/unread', 200],
  ])('gets no 100 from a route that does not read it: %s', async (path, status) => {
    expect(await exchange(post(path, 5))).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });

  it.each([
    ['/json', '{"a":1}', '{"a":1}'],
    ['/bytes', 'text', '"text"'],
  ])('gets 100 and then its answer at %s', async (path, body, expected) => {
    const answer = await exchange(post(path, body.length, '\r\nConnection: close'), body);
    expect(answer).toMatch(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 /);
    expect(answer.endsWith(expected)).toBe(true);
    expect(answer.match(/100 Continue/g)).toHaveLength(1);
  });

  it('keeps its connection once its body is read', async () => {
    const next = 'POST /unread HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
    const answer = await exchange(post('/json', 2), `{}${next}`);
    expect(answer.match(/HTTP\/1.1 200 /g)).toHaveLength(2);
  });

  it('is not an expectation of the app, nor of a server behind it', async () => {
    expect(await exchange(post('/expects', 5))).toContain('"nothing"');
    expect(await exchange(post('/expects', 0).replace('HTTP/1.1', 'HTTP/1.0'))).toContain('"nothing"');
  });
});
