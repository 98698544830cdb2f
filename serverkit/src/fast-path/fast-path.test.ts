import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Serving, serve } from '../serve.ts';
import type { FastRoute, Reply } from './fast-path.ts';

/** How the last server answered its requests, and what waits for an answer. */
let ways: string[] = [];
let waiting: Reply[] = [];
let serving: Serving;
let sockets: Socket[] = [];

const usual: RequestListener = async (req, res) => {
  ways.push('usual');
  const parts = await req
    .setEncoding('utf8')
    .toArray()
    .catch(() => null);
  if (parts === null) return;
  const body = parts.join('');
  const text = `answer to ${body}`;
  res.writeHead(200, ['Content-Type', 'text/plain', 'Content-Length', String(Buffer.byteLength(text))]);
  res.end(text);
};
const fastRoute: FastRoute = {
  requestLine: 'POST /predict HTTP/1.1',
  admits: ({ host }) => host === 'x',
  answer(_headers, body, reply) {
    if (body.toString() === 'bad') return false;
    ways.push('fast');
    const text = `answer to ${body}`;
    if (body.toString() === 'wait') waiting.push(reply);
    else
      setImmediate(() =>
        reply(200, ['Content-Type', 'text/plain', 'Content-Length', String(Buffer.byteLength(text))], text),
      );
    return true;
  },
};

beforeEach(async () => {
  ways = [];
  waiting = [];
  sockets = [];
  serving = await serve(usual, { port: 0, host: '127.0.0.1', clientTimeout: 300, fastRoute });
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await serving.drain(0);
});

const post = (body: string, more = '', path = '/predict') =>
  `POST ${path} HTTP/1.1\r\nHost: x\r\n${more}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

/** Opens a connection; `text()` is all that came. */
function open() {
  const socket = connect({ port: serving.port, host: '127.0.0.1', noDelay: true });
  sockets.push(socket);
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  socket.on('error', () => {});
  const until = (what: string | RegExp) =>
    vi.waitFor(() => expect(text).toMatch(what), { timeout: 5000, interval: 5 }).then(() => text);
  return { socket, until, text: () => text };
}

describe('the fast path', () => {
  it("answers a plain request with the bytes that Node's server writes, one after the other", async () => {
    const client = open();
    client.socket.write(post('one ü'));
    const fast = await client.until('answer to one ü');
    client.socket.write(post('two'));
    await client.until('answer to two');
    const other = open();
    other.socket.write(post('one ü', 'X-A: ü\r\n'));
    const slow = await other.until('answer to one ü');
    expect(ways).toEqual(['fast', 'fast', 'usual']);
    expect(fast.replace(/Date: .*/, '')).toBe(slow.replace(/Date: .*/, ''));
    expect(fast).toMatch(/^Date: [A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT\r$/m);
  });

  it.each([
    ['another path', post('one', '', '/other')],
    ['another host', post('one').replace('Host: x', 'Host: y')],
    ['a body that the route does not take', post('bad')],
    ['two requests at once', post('one') + post('two')],
    ['chunks', 'POST /predict HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n0\r\n\r\n'],
  ])('leaves %s to the usual way, and the connection with it', async (_what, text) => {
    const client = open();
    client.socket.write(text);
    await client.until('answer to ');
    client.socket.write(post('last'));
    await client.until('answer to last');
    expect(new Set(ways)).toEqual(new Set(['usual']));
  });

  it('leaves a request that comes in pieces to the usual way, wherever it is cut', async () => {
    const text = post('one');
    for (let cut = 1; cut < text.length; cut += 3) {
      ways = [];
      const client = open();
      const [served] = await once(serving.server, 'connection');
      client.socket.write(text.slice(0, cut));
      await vi.waitFor(() => expect(served.bytesRead).toBe(cut), { interval: 1 });
      client.socket.write(text.slice(cut));
      await client.until(/answer to one$/);
      expect(ways).toEqual(['usual']);
      client.socket.destroy();
    }
  });

  it('goes over to the usual way in the middle of a connection, and answers in order', async () => {
    const client = open();
    client.socket.write(post('wait'));
    await vi.waitFor(() => expect(waiting).toHaveLength(1));
    client.socket.write(post('two'));
    client.socket.write(post('three'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(client.text()).toBe('');
    waiting[0]?.(200, ['Content-Length', '5'], 'first');
    await client.until('answer to three');
    expect(client.text()).toMatch(/first.*answer to two.*answer to three/s);
    expect(ways).toEqual(['fast', 'usual', 'usual']);
  });

  it('has 408 for a client that begins a request and stops, after others', async () => {
    const client = open();
    client.socket.write(post('one'));
    await client.until('answer to one');
    client.socket.write(post('two').slice(0, -1));
    await client.until(/HTTP\/1\.1 408 /);
  });

  it('is over for a client that sends nothing at all: Node has a time for it', async () => {
    const client = open();
    await new Promise((resolve) => setTimeout(resolve, 3500));
    client.socket.write(post('one'));
    await client.until('answer to one');
    expect(ways).toEqual(['usual']);
  });

  it('survives clients that leave before their answer', async () => {
    const client = open();
    client.socket.write(post('wait'));
    await vi.waitFor(() => expect(waiting).toHaveLength(1));
    client.socket.resetAndDestroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    waiting[0]?.(200, ['Content-Length', '5'], 'first');
    const half = open();
    half.socket.end(post('one'));
    await once(half.socket, 'close');
    const next = open();
    next.socket.write(post('one'));
    await next.until('answer to one');
  });

  it('while draining answers what comes, says that it closes, and closes', async () => {
    const [late, kept, idle] = [open(), open(), open()];
    late.socket.write(post('wait'));
    for (const client of [kept, idle]) {
      client.socket.write(post('one'));
      await client.until('answer to one');
    }
    const drained = serving.drain(20_000);
    kept.socket.write(post('two'));
    await kept.until('answer to two');
    expect(kept.text()).toContain('Connection: close');
    await vi.waitFor(() => expect(waiting).toHaveLength(1));
    waiting[0]?.(200, ['Content-Length', '4'], 'late');
    await late.until(/late$/);
    await drained;
  });

  it('closes what is left after the grace', async () => {
    const client = open();
    client.socket.write(post('wait'));
    await vi.waitFor(() => expect(waiting).toHaveLength(1));
    await Promise.all([serving.drain(200), once(client.socket, 'close')]);
  });
});
