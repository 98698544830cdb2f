import { once } from 'node:events';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { serve } from './serve.ts';

/** Sends `text` and nothing more to a server with a limit of 200 ms; returns what comes until the connection ends. */
async function stall(listener: RequestListener, text: string): Promise<string> {
  const { port, drain } = await serve(listener, { port: 0, host: '127.0.0.1', clientTimeout: 200 });
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  socket.write(text);
  const answer = (await socket.toArray()).join('');
  await drain(0);
  return answer;
}

const post = 'POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n';

it.each([
  ['no byte of a body', post],
  ['a part of a body', `${post}1234`],
  ['a second request', `GET / HTTP/1.1\r\nHost: x\r\n\r\n${post}1234`],
])('a client that sends %s and stops gets 408, and its connection ends', async (_what, text) => {
  const handler = (req: IncomingMessage, res: ServerResponse) => void (req.method === 'GET' ? res.end() : req.resume());
  expect(await stall(handler, text)).toMatch(
    /HTTP\/1\.1 408 Request Timeout\r\nConnection: close\r\n.*application\/problem\+json.*"detail":"The request is incomplete: nothing more of it came for 0\.2 s\."/s,
  );
});

it('one that has its answer already loses only its connection', async () => {
  const answer = await stall((_req, res) => void res.end('no'), `${post}1234`);
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  expect(answer).not.toContain('408');
});

it('a server that is slow to read is not a client that is slow to send', async () => {
  const arrived = Promise.withResolvers<[IncomingMessage, ServerResponse]>();
  const { port, drain } = await serve((req, res) => arrived.resolve([req, res]), {
    ...{ port: 0, host: '127.0.0.1', clientTimeout: 200, requestTimeout: 60_000 },
  });
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  const length = 4 * 1024 * 1024;
  socket.write(`POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${length}\r\n\r\n`);
  socket.write(Buffer.alloc(length));
  const [req, res] = await arrived.promise;
  // four times the limit, in which the server takes nothing
  await new Promise((resolve) => setTimeout(resolve, 800));
  req.resume();
  await once(req, 'end');
  res.end('ok');
  expect((await socket.toArray()).join('')).toMatch(/^HTTP\/1\.1 200 /);
  await drain(0);
});
